package dev.parley.oslo;

class MemoryTest extends RpcBehaviour {
    @Override
    String address() {
        return "memory://" + getClass().getSimpleName();
    }
}
