package dev.parley.oslo;

/** Python's own in-memory scheme. */
class FakeTest extends RpcBehaviour {
    @Override
    String address() {
        return "fake:";
    }
}
