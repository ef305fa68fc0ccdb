"""Documentation of the action plugin of the same name."""

DOCUMENTATION = r"""
module: register_import
short_description: Take a province's present list of addresses into the register
description:
  - Reads a list as agencies send it, keeps every address that exists as it is, adds the rows that are sure to the
    register, and writes those that are not into a review file, each with its reasons. Nothing is guessed and nothing is
    lost. Runs on the controller only.
  - In check mode nothing is written; with C(--diff) the files are shown as they would be. A run can be cut off and
    repeated; a repeated one finds what is registered already.
extends_documentation_fragment: [thucongvu.mail.register]
options:
  list:
    description: The list, CSV (UTF-8, or UTF-16 with a byte order mark) or XLSX.
    type: path
    required: true
  registered:
    description: The date of registration, as year-month-day, of rows that have none.
    type: str
    required: true
  columns:
    description:
      - Columns that are not known by their headings, by field, as the letters that a spreadsheet shows. Several columns
        of one field stand as C(C, D).
    type: dict
    default: {}
  agency:
    description: The id of the agency whose list it is, for rows that neither say their agency nor stand below one.
    type: str
  sheet:
    description: The worksheet, where the workbook has several.
    type: str
  review_file:
    description: Where the rows for review are written. By default beside the list, with the ending C(.review.csv).
    type: path
  headings:
    description: The file with the headings that are known. By default C(inventories/list_headings.yml).
    type: path
attributes:
  check_mode:
    description: Shows the plan and writes nothing.
    support: full
  diff_mode:
    description: Shows each file before and after.
    support: full
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Take the present list into the register
  thucongvu.mail.register_import:
    list: "{{ import_list }}"
    registered: "{{ import_registered }}"
    regulation: "{{ regulation_file }}"
    register: "{{ register_dir }}"
    domain: "{{ domain }}"
"""

RETURN = r"""
counts:
  description:
    - How many C(rows) came in, and how many of them were C(registered), were C(already) there, are for C(review), and are
      C(headings). C(rows) is the sum of the others.
  type: dict
  returned: success
rows:
  description: Each person or mailbox with C(row), C(outcome), C(name), C(address), C(id) and C(reasons), the keys of messages.
  type: list
  elements: dict
  returned: success
headings:
  description: Each row that is no person and no mailbox, with C(row) and C(kind).
  type: list
  elements: dict
  returned: success
review_file:
  description: Where the rows for review are.
  type: str
  returned: success
plan:
  description: The same as text for people, in Vietnamese and English.
  type: str
  returned: success
"""
