package dev.parley.interop.behaviour;

class JsonRpcHttpBehaviourTest extends WireBehaviour {
    @Override
    String serverOptions() {
        return "max_connections=50&idle_timeout=60&read_timeout=20&max_batch=10";
    }

    @Override
    String listenAddress() {
        return "jsonrpc+http://127.0.0.1:0/jsonrpc";
    }

    @Override
    boolean codesHaveMeaning() {
        return true;
    }
}
