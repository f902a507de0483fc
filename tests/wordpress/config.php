<?php
// Everything that differs from site to site is in the environment of the server.
define('DB_NAME', 'wordpress');
define('DB_USER', 'root');
define('DB_PASSWORD', '');
define('DB_HOST', 'localhost:' . getenv('WP_SOCKET'));
define('DB_CHARSET', 'utf8mb4');
define('DB_COLLATE', '');
define('WP_HOME', getenv('WP_ADDRESS'));
define('WP_SITEURL', getenv('WP_ADDRESS'));
define('WP_ENVIRONMENT_TYPE', 'local');  // without it there are no application passwords over http
define('WP_HTTP_BLOCK_EXTERNAL', true);  // it asks nobody
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $use) {
    define("{$use}_KEY", sha1("$use key"));
    define("{$use}_SALT", sha1("$use salt"));
}
$table_prefix = 'wp_';
require ABSPATH . 'wp-settings.php';
