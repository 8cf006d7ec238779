package dev.parley.interop.oslo;

import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.RabbitMq;

/** On a real RabbitMQ. */
@OnRabbitMq
class OnRabbitMqTest extends OsloMessaging {
    private final RabbitMq rabbit;

    OnRabbitMqTest(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    @Override
    String url() {
        return rabbit.transportUrl();
    }
}
