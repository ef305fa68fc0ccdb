"""The action province_secrets: makes what is missing, changes nothing that exists, and shows no secret."""

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

PASSWORD = "mật khẩu vault"
REQUIRED = [{"name": "secret_ca", "kind": "certificate_authority"}, {"name": "secret_a", "kind": "password"}]
MORE = [*REQUIRED, {"name": "secret_dkim_key", "kind": "rsa_key"}]


def vault(password=PASSWORD):
    return VaultLib([("default", VaultSecret(password.encode()))])


class Secrets:
    """The province's file of secrets, and Ansible that makes them."""

    def __init__(self, folder, ansible):
        self.path = folder / "group_vars/province/vault.yml"
        self.password_file = folder / "password"
        self.password_file.write_text(PASSWORD + "\n")
        self.ansible = ansible

    def have(self, text, path=None):
        """A file as an operator wrote it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        (path or self.path).write_bytes(vault().encrypt(text.encode(), VaultSecret(PASSWORD.encode())))

    @property
    def text(self):
        return vault().decrypt(self.path.read_bytes()).decode()

    def run(self, *runs, argv=(), vault=None):
        tasks = [
            {
                "name": "Make",
                "thucongvu.mail.province_secrets": {
                    "path": str(self.path),
                    "subject": "Thư công vụ Cần Thơ",
                    "required": required,
                    **(options or {}),
                },
                "ignore_errors": True,
            }
            for required, options in runs
        ]
        words = ["--vault-password-file", self.password_file] if vault is None else vault
        return self.ansible.play(tasks, *words, *argv, environment={"ANSIBLE_INJECT_INVOCATION": "true"})


@pytest.fixture
def secrets(tmp_path, ansible):
    return Secrets(tmp_path, ansible)


def leaves(value):
    """Every text in the secrets that must not be seen; a certificate is not one."""
    if isinstance(value, dict):
        return [leaf for key, part in value.items() if key != "certificate" for leaf in leaves(part)]
    return [line for line in value.splitlines() if not line.startswith("-----")]


def test_what_is_missing_is_made_once_and_shown_to_nobody(secrets):
    done = secrets.run((REQUIRED, None), (REQUIRED, None), (MORE, None), argv=["-vvvv", "--diff"])
    first, second, third = done.results
    assert (first["changed"], first["made"]) == (True, ["secret_a", "secret_ca"])
    assert (second["changed"], second["made"]) == (False, [])
    assert (third["changed"], third["made"]) == (True, ["secret_dkim_key"])
    assert secrets.path.read_bytes().startswith(b"$ANSIBLE_VAULT;1.1;AES256\n")
    assert secrets.path.stat().st_mode & 0o7777 == 0o600
    made = yaml.safe_load(secrets.text)
    assert set(made) == {"secret_a", "secret_ca", "secret_dkim_key"}
    assert "+secret_dkim_key: (new)" in done.stdout
    assert len(leaves(made)) > 20
    for leaf in leaves(made):
        assert leaf not in done.stdout


def test_a_second_run_leaves_the_file_as_it_is_to_the_byte(secrets):
    secrets.run((REQUIRED, None))
    before, inode = secrets.path.read_bytes(), secrets.path.stat().st_ino
    secrets.run((REQUIRED, None))
    assert (secrets.path.read_bytes(), secrets.path.stat().st_ino) == (before, inode)


OWN = [
    "# Our own proxy's password.\nproxy_password: 'tối mật'  # since 2026\nsecret_a: kept",
    "---\nsecret_a: kept\nproxy_password: tối mật\n",
    "{secret_a: kept, proxy_password: tối mật}\n",
    "secret_a: kept\nproxy_password: tối mật\n...\n",
]


def test_what_an_operator_wrote_stays(secrets):
    places = [secrets.path.with_name(f"{number}.yml") for number in range(len(OWN))]
    for place, text in zip(places, OWN, strict=True):
        secrets.have(text, place)
    done = secrets.run(*((REQUIRED, {"path": str(place)}) for place in places))
    assert [result["made"] for result in done.results] == [["secret_ca"]] * len(OWN)
    for place, text in zip(places, OWN, strict=True):
        now = vault().decrypt(place.read_bytes()).decode()
        held = yaml.safe_load(now)
        assert (held["secret_a"], held["proxy_password"]) == ("kept", "tối mật")
        assert set(held) == {"secret_a", "secret_ca", "proxy_password"}
        # Behind the end of a document, or of a pair of braces, nothing can be added.
        assert now.startswith(text) or "..." in text or "{" in text


def test_check_mode_says_what_it_would_make_and_writes_nothing(secrets):
    done = secrets.run((REQUIRED, None), argv=["--check", "--diff"])
    assert done.results[0]["made"] == ["secret_a", "secret_ca"]
    assert not secrets.path.parent.exists()


def test_a_labelled_password_is_named_in_the_file(secrets):
    secrets.run((REQUIRED, None), vault=["--vault-id", f"cantho@{secrets.password_file}"])
    assert secrets.path.read_bytes().startswith(b"$ANSIBLE_VAULT;1.2;AES256;cantho\n")
    assert set(yaml.safe_load(secrets.text)) == {"secret_a", "secret_ca"}


def test_without_a_vault_password_nothing_is_made(secrets):
    (result,) = secrets.run((REQUIRED, None), vault=[]).results
    assert "No vault password: run again with --vault-password-file or --ask-vault-pass." in result["msg"]
    assert "Thiếu mật khẩu vault" in result["msg"]
    assert not secrets.path.parent.exists()


def test_another_password_is_refused_and_the_file_stays(secrets):
    secrets.have("secret_a: kept\n")
    before = secrets.path.read_bytes()
    secrets.password_file.write_text("khác\n")
    (result,) = secrets.run((REQUIRED, None)).results
    assert "vault.yml: Decryption failed" in result["msg"]
    assert "encrypted by ansible-vault with the password that it was made with" in result["msg"]
    assert secrets.path.read_bytes() == before


def test_a_file_that_cannot_be_read_is_refused_without_quoting_it(secrets):
    clear, broken, listed = (secrets.path.with_name(name) for name in ("clear.yml", "broken.yml", "listed.yml"))
    secrets.have("secret_a: 'unfinished\nsecret_b: x\n", broken)
    secrets.have("- an entry\n", listed)
    clear.write_text("secret_a: in clear text\n")
    before = [path.read_bytes() for path in (clear, broken, listed)]
    done = secrets.run(*((REQUIRED, {"path": str(path)}) for path in (clear, broken, listed)), argv=["-vvv"])
    reasons = ["clear.yml: Input is not vault encrypted data", "broken.yml: YAML:3", "listed.yml "]
    for result, reason in zip(done.results, reasons, strict=True):
        assert result["msg"].count(reason) == 2, "once in each language"
    for words in ("unfinished", "in clear text", "an entry"):
        assert words not in done.stdout
    assert [path.read_bytes() for path in (clear, broken, listed)] == before


def test_what_cannot_be_made_is_refused_and_nothing_is_written(secrets):
    unknown, nameless, long = secrets.run(
        ([*REQUIRED, {"name": "secret_b", "kind": "passwort"}], None),
        ([*REQUIRED, {"kind": "password"}], None),
        (REQUIRED, {"subject": "Tỉnh " * 20}),
    ).results
    assert "secret_b is of the unknown kind 'passwort'" in unknown["msg"]
    assert "has no name" in nameless["msg"]
    assert "The authority cannot be called" in long["msg"]
    assert not secrets.path.parent.exists()
