package dev.parley.interop.behaviour;

class XmlRpcBehaviourTest extends WireBehaviour {
    @Override
    String serverOptions() {
        return "max_connections=50&idle_timeout=60&read_timeout=20&faults=python";
    }

    @Override
    String listenAddress() {
        return "xmlrpc+http://127.0.0.1:0/RPC2?i8=true";
    }

    @Override
    boolean codesHaveMeaning() {
        return true;
    }
}
