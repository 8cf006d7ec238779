package dev.parley.interop.behaviour;

class JsonRpcHttpBehaviourTest extends WireBehaviour {
    @Override
    String listenAddress() {
        return "jsonrpc+http://127.0.0.1:0/jsonrpc";
    }
}
