package dev.parley.oslo;

/** kombu's in-memory transport as a Python service names it. */
class KombuMemoryTest extends RpcBehaviour {
    @Override
    String address() {
        return "kombu+memory:////";
    }
}
