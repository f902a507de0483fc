<?php
// PHP's own server takes /wp-sitemap.xml for a missing file. What is no file is WordPress's to answer.
$asked = rawurldecode(strtok($_SERVER['REQUEST_URI'], '?'));
$there = $_SERVER['DOCUMENT_ROOT'] . rtrim($asked, '/');
if ($asked !== '/' && (is_file($there) || is_file("$there/index.php"))) {
    return false;
}
$_SERVER['SCRIPT_NAME'] = '/index.php';
$_SERVER['PHP_SELF'] = '/index.php';
$_SERVER['SCRIPT_FILENAME'] = $_SERVER['DOCUMENT_ROOT'] . '/index.php';
require $_SERVER['SCRIPT_FILENAME'];
