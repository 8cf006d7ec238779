package dev.parley.oslo;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** On the RabbitMQ that a property names. */
@EnabledIfSystemProperty(named = "parley.rabbit", matches = ".+")
class RabbitTest extends RpcBehaviour {
    @Override
    String address() {
        return System.getProperty("parley.rabbit");
    }
}
