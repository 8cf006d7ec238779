package dev.parley.oslo.notify;

import java.util.UUID;

class ReceiveInMemoryTest extends BatchReceiveBehaviour {
    private final String name = UUID.randomUUID().toString();
    private final PublishedNotifications publisher = PublishedNotifications.toMemory(name);

    @Override
    String address() {
        return "memory://" + name;
    }

    @Override
    PublishedNotifications publisher() {
        return publisher;
    }
}
