<?php

/**
 * What makes Roundcube this province's webmail: whole Vietnamese, its own sign-in page, and the directory's names.
 */
class thucongvu extends rcube_plugin
{
    public function init()
    {
        $rcmail = rcmail::get_instance();
        if ($_SESSION['language'] === 'vi_VN') {
            // A plugin adds only the words that are not there yet, so ours, which are first, stay.
            $rcmail->load_language('vi_VN', [], $rcmail->read_localization($this->home . '/localization'));
            $this->add_hook('html_editor', [$this, 'teach_the_editor']);
            $this->add_hook('render_folder_selector', [$this, 'name_the_archive']);
            $this->add_hook('folders_list', [$this, 'name_the_archive']);
        }
        $this->include_stylesheet('style.css');
        $this->add_hook('startup', [$this, 'end_with_the_portal']);
        $this->add_hook('startup', [$this, 'ask_the_portal_again']);
        $this->add_hook('logout_after', [$this, 'sign_out_of_the_portal']);
        $this->add_hook('template_object_loginform', [$this, 'name_the_product']);
        $this->add_hook('login_after', [$this, 'follow_the_directory']);
        foreach (['render_mailboxlist', 'render_folder_selector', 'folders_list'] as $list) {
            $this->add_hook($list, [$this, 'name_the_shared_mailboxes']);
        }
    }

    /** The portal opens this in a frame when somebody signs out there: the webmail closes too. */
    public function end_with_the_portal($request)
    {
        if ($request['task'] === 'login' && $request['action'] === 'signed_out') {
            rcmail::get_instance()->kill_session();
            header('Content-Type: text/plain; charset=utf-8');
            exit('OK');
        }

        return $request;
    }

    /**
     * Whoever opened the webmail twice before signing in comes back with the answer to the first question, while the second is open.
     * The portal knows them by now, so it is asked once more, and they see nothing of it.
     */
    public function ask_the_portal_again($request)
    {
        $state = rcube_utils::get_input_string('state', rcube_utils::INPUT_GET);
        $stale = $state !== '' && $state !== ($_SESSION['oauth_state'] ?? '');
        if ($request['action'] === 'oauth' && $stale && empty($_SESSION['user_id']) && empty($_SESSION['portal_asked_again'])) {
            $_SESSION['portal_asked_again'] = true;
            rcmail::get_instance()->output->redirect(['_task' => 'login', '_action' => 'oauth']);
        }

        return $request;
    }

    /** Who leaves the webmail leaves the portal and with it every other application. */
    public function sign_out_of_the_portal($args)
    {
        $portal = rcmail::get_instance()->config->get('oauth_provider_name');
        header('Location: https://' . $portal . '/?logout=1');
        exit;
    }

    /** The HTML editor's words are not Roundcube's but its own. */
    public function teach_the_editor($editor)
    {
        $this->include_script('editor.js');

        return $editor;
    }

    /** The plugin of the archive translates its folder beside the messages only, not where a folder is chosen or managed. */
    public function name_the_archive($folders)
    {
        $rcmail  = rcmail::get_instance();
        $archive = $rcmail->config->get('archive_mbox');
        $name    = $rcmail->gettext('archive.archivefolder');
        foreach ($folders['list'] as &$folder) {
            if (($folder['id'] ?? '') === $archive) {
                $folder['name'] = $name;
            } elseif (($folder['folder_imap'] ?? '') === $archive) {
                $folder['content'] = str_replace(">$archive<", ">$name<", $folder['content']);
            }
        }

        return $folders;
    }

    /** The sign-in page says whose it is. */
    public function name_the_product($form)
    {
        $name = rcmail::get_instance()->config->get('product_name');
        $form['content'] = html::div('product-name', rcube::Q($name)) . $form['content'];

        return $form;
    }

    /**
     * CT-4.2đ: a person's name is the directory's display name, also after the person moved to another agency.
     * CT-11.1: whoever works in a shared mailbox writes in its name, and no longer when it is somebody else's.
     */
    public function follow_the_directory($args)
    {
        $rcmail    = rcmail::get_instance();
        $own       = $rcmail->user->data['username'];
        $addresses = array_merge([$own], $this->shared_mailboxes());
        // A directory that does not answer leaves the names as they were.
        $names = array_filter(array_combine($addresses, array_map([$this, 'name_in_the_directory'], $addresses)));
        $known = [];
        foreach ($rcmail->user->list_identities() as $identity) {
            $address = $identity['email'];
            if (!in_array($address, $addresses, true)) {
                $rcmail->user->delete_identity($identity['identity_id']);
            } elseif (isset($names[$address]) && $identity['name'] !== $names[$address]) {
                $rcmail->user->update_identity($identity['identity_id'], ['name' => $names[$address]]);
            }
            $known[] = $address;
        }
        foreach (array_diff($addresses, $known) as $address) {
            $rcmail->user->insert_identity(['email' => $address, 'name' => $names[$address] ?? '', 'standard' => 0]);
        }
        $_SESSION['shared_names'] = $names;

        return $args;
    }

    /** Lists of folders call a shared mailbox as the directory does, and its folders as everybody's own. */
    public function name_the_shared_mailboxes($folders)
    {
        $root = trim($this->shared_root(), '/');
        if ($root === '') {
            return $folders;
        }
        foreach ($folders['list'] as &$folder) {
            $whole = $folder['folder_imap'] ?? '';
            if (($folder['id'] ?? '') === $root) {
                $this->name_below($folder);
            } elseif ($whole === $root || strpos($whole, $root . '/') === 0) {
                // Where folders are managed each stands by itself, as a piece of the page.
                $last = substr($whole, strrpos('/' . $whole, '/'));
                $name = rcube::Q($this->shared_name($last));
                $folder['content'] = str_replace('>' . rcube::Q($last) . '<', ">$name<", $folder['content']);
            }
        }

        return $folders;
    }

    /** Name a folder, and those below it. */
    private function name_below(&$folder)
    {
        $folder['name'] = $this->shared_name($folder['name']);
        foreach ($folder['folders'] ?? [] as $key => $_below) {
            $this->name_below($folder['folders'][$key]);
        }
    }

    /** What people see in place of a part of a shared folder's name: the agency's, or what their own folder of that kind is called. */
    private function shared_name($part)
    {
        $rcmail = rcmail::get_instance();
        if ($part === trim($this->shared_root(), '/')) {
            return $rcmail->gettext('namespace.shared');
        }
        $labels = ['Drafts' => 'drafts', 'Sent' => 'sent', 'Junk' => 'junk', 'Trash' => 'trash', 'Archive' => 'archive.archivefolder'];
        if (isset($labels[$part])) {
            return $rcmail->gettext($labels[$part]);
        }

        return $_SESSION['shared_names'][$part] ?? $part;
    }

    /** Below which the mail server shows the mailboxes of others; empty where it shows none. */
    private function shared_root()
    {
        $others = rcmail::get_instance()->get_storage()->get_namespace('other');

        return $others[0][0] ?? '';
    }

    /** The addresses of the shared mailboxes that the one who is signed in works in. */
    private function shared_mailboxes()
    {
        $root = $this->shared_root();
        if ($root === '') {
            return [];
        }
        $found = rcmail::get_instance()->get_storage()->list_folders_direct($root, '%');

        return array_values(array_filter(array_map(fn ($folder) => substr($folder, strlen($root)), $found)));
    }

    /** How the directory calls an address; empty where it does not know it or does not answer. */
    private function name_in_the_directory($address)
    {
        $found = rcmail::get_instance()->get_address_book('directory')->search('email', $address, rcube_addressbook::SEARCH_STRICT);

        return $found && $found->count === 1 ? ((array) $found->first()['name'])[0] : '';
    }
}
