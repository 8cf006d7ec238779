package dev.parley.interop.behaviour;

class XmlRpcBehaviourTest extends WireBehaviour {
    @Override
    String listenAddress() {
        return "xmlrpc+http://127.0.0.1:0/RPC2?i8=true";
    }
}
