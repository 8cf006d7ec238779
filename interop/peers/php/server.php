<?php
// server.php: the calculator on PHP's built-in web server, one request at a time: XML-RPC (the extension xmlrpc) at
// /RPC2, JSON-RPC by hand at /jsonrpc. Started by itself it starts that server and prints `ready ADDRESS`.

if (PHP_SAPI === 'cli') {
    $probe = stream_socket_server('tcp://127.0.0.1:0');
    $address = stream_socket_get_name($probe, false);
    fclose($probe);
    $quiet = [0 => ['file', '/dev/null', 'r'], 1 => STDERR, 2 => STDERR];
    $settings = ['-d', 'display_errors=1', '-d', 'html_errors=1'];
    $server = proc_open([PHP_BINARY, ...$settings, '-S', $address, __FILE__], $quiet, $pipes);
    while (!@fsockopen('tcp://' . $address)) {
        if (!proc_get_status($server)['running']) {
            exit(1);
        }
        usleep(20000);
    }
    echo "ready http://$address\n";
    while (fgets(STDIN) !== false) {
    }
    proc_terminate($server);
    exit(0);
}

function call(string $method, array $args)
{
    switch ($method) {
        case 'add':
            return $args[0] + $args[1];
        case 'divide':
            return $args[0] / $args[1];
        case 'echo':
            return $args[0];
        case 'fail':
            throw new RuntimeException($args[0], 7);
        case 'headers':
            return getallheaders();
        case 'warn':
            trigger_error('this table is old', E_USER_WARNING); // what careless scripts print in front of a response
            return true;
        case 'session':
            session_start();
            return $_SESSION['calls'] = ($_SESSION['calls'] ?? 0) + 1;
        default:
            throw new BadFunctionCallException("unknown method $method", -32601);
    }
}

$body = file_get_contents('php://input');
if ($_SERVER['REQUEST_URI'] === '/RPC2') {
    header('Content-Type: text/xml');
    $args = xmlrpc_decode_request($body, $method, 'UTF-8');
    try {
        $result = call($method, $args);
    } catch (Throwable $e) {
        $result = ['faultCode' => $e->getCode(), 'faultString' => $e->getMessage()];
    }
    echo xmlrpc_encode_request(null, $result, ['encoding' => 'UTF-8', 'escaping' => 'markup']);
} elseif ($_SERVER['REQUEST_URI'] === '/jsonrpc') {
    header('Content-Type: application/json');
    $request = json_decode($body, true);
    $response = ['jsonrpc' => '2.0', 'id' => $request['id'] ?? null];
    try {
        $response['result'] = call($request['method'], $request['params']);
    } catch (Throwable $e) {
        http_response_code(500);
        $response['error'] = ['code' => $e->getCode(), 'message' => $e->getMessage()];
    }
    if (isset($request['id'])) {
        echo json_encode($response);
    }
} else {
    http_response_code(404);
    echo '<h1>Not Found</h1>';
}
