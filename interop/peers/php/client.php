<?php
// client.php URL WIRE HOW: calls from stdin, one JSON object a line, {"method", "args"}. WIRE is xmlrpc or jsonrpc, HOW
// is stream (PHP's own HTTP) or curl.

[, $url, $wire, $how] = $argv;

function post(string $url, string $type, string $body, string $how): string
{
    if ($how === 'curl') {
        $curl = curl_init($url);
        curl_setopt_array($curl, [
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_HTTPHEADER => ["Content-Type: $type"],
            CURLOPT_RETURNTRANSFER => true,
            CURLOPT_ENCODING => '', // whatever it can decode
        ]);
        $response = curl_exec($curl);
        if ($response === false) {
            throw new RuntimeException(curl_error($curl));
        }
        return $response;
    }
    $options = ['method' => 'POST', 'header' => "Content-Type: $type\r\n", 'content' => $body, 'ignore_errors' => true];
    $response = file_get_contents($url, false, stream_context_create(['http' => $options]));
    if ($response === false) {
        throw new RuntimeException('no response');
    }
    return $response;
}

function call(string $url, string $wire, string $how, string $method, array $args)
{
    if ($wire === 'jsonrpc') {
        $request = ['jsonrpc' => '2.0', 'id' => 1, 'method' => $method, 'params' => $args];
        $response = json_decode(post($url, 'application/json', json_encode($request), $how), true);
        if (isset($response['error'])) {
            throw new RuntimeException($response['error']['message'], $response['error']['code']);
        }
        return $response['result'];
    }
    $request = xmlrpc_encode_request($method, $args, ['encoding' => 'UTF-8', 'escaping' => 'markup']);
    $result = xmlrpc_decode(post($url, 'text/xml', $request, $how), 'UTF-8');
    if (is_array($result) && xmlrpc_is_fault($result)) {
        throw new RuntimeException($result['faultString'], $result['faultCode']);
    }
    return is_object($result) && $result->xmlrpc_type === 'datetime' ? $result->scalar : $result;
}

while (($line = fgets(STDIN)) !== false) {
    $given = json_decode($line, true);
    try {
        $answer = ['ok' => call($url, $wire, $how, $given['method'], $given['args'])];
    } catch (Throwable $e) {
        $answer = ['error' => ['message' => $e->getMessage(), 'code' => $e->getCode()]];
    }
    echo json_encode($answer, JSON_PRESERVE_ZERO_FRACTION), "\n";
}
