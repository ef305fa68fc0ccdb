<?php

// The words of the Roundcube that is installed and of the plugins that are enabled, as JSON: its English, its Vietnamese, ours.
// Keys as Roundcube has them while it runs: a plugin's words behind the plugin's name.

function words(string $file, string $prefix = ''): array
{
    $labels = $messages = [];
    if (is_file($file)) {
        include $file;
    }
    $found = [];
    foreach (array_merge($labels, $messages) as $key => $text) {
        $found[$prefix . $key] = $text;
    }

    return array_filter($found, fn ($text) => $text !== '');
}

$config = [];
include '/etc/roundcube/config.inc.php';
$top = '/usr/share/roundcube';
$said = ['en_US' => [], 'vi_VN' => []];
foreach ($said as $language => $_) {
    foreach (['labels', 'messages'] as $kind) {
        $said[$language] += words("$top/program/localization/$language/$kind.inc");
    }
    foreach ($config['plugins'] as $plugin) {
        $said[$language] += words("$top/plugins/$plugin/localization/$language.inc", "$plugin.");
    }
}
$ours = words('/var/lib/roundcube/plugins/thucongvu/localization/vi_VN.inc');
echo json_encode(['english' => $said['en_US'], 'vietnamese' => $said['vi_VN'], 'ours' => $ours], JSON_THROW_ON_ERROR);
