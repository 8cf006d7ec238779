package dev.parley.interop.oslo;

import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.RabbitMq;

/** On a real RabbitMQ. */
@OnRabbitMq
class PythonNotifiesOnRabbitMqTest extends PythonNotifies {
    private final RabbitMq rabbit;

    PythonNotifiesOnRabbitMqTest(RabbitMq rabbit) {
        this.rabbit = rabbit;
    }

    @Override
    String url() {
        return rabbit.transportUrl();
    }
}
