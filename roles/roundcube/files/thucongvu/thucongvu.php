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

    /** CT-4.2đ: a person's name is the directory's display name, also after the person moved to another agency. */
    public function follow_the_directory($args)
    {
        $rcmail  = rcmail::get_instance();
        $address = $rcmail->user->data['username'];
        $found   = $rcmail->get_address_book('directory')->search('email', $address, rcube_addressbook::SEARCH_STRICT);
        // A directory that does not answer leaves the name as it was.
        $name = $found && $found->count === 1 ? ((array) $found->first()['name'])[0] : '';
        foreach ($name === '' ? [] : $rcmail->user->list_identities() as $identity) {
            if ($identity['email'] === $address && $identity['name'] !== $name) {
                $rcmail->user->update_identity($identity['identity_id'], ['name' => $name]);
            }
        }

        return $args;
    }
}
