package dev.parley.interop.behaviour;

class JsonRpcWebSocketBehaviourTest extends WireBehaviour {
    @Override
    String serverOptions() {
        return "max_connections=50&max_batch=10&compression=false";
    }

    @Override
    String listenAddress() {
        return "jsonrpc+ws://127.0.0.1:0/rpc";
    }

    @Override
    boolean codesHaveMeaning() {
        return true;
    }

    @Override
    boolean bothWays() {
        return true;
    }
}
