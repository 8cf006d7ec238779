package dev.parley.oslo;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Delivery;
import dev.parley.RpcContext;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.security.Authenticator;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The principal of a request behind a broker: the property {@code user-id}, which the broker verifies. */
@Timeout(60)
class CallerTest extends OnBroker {
    private static final JsonMapper JSON = new JsonMapper();

    /** Tells who calls. */
    public static final class Asked {
        /** The caller's name. */
        public String whoami(RpcContext context) {
            return context.principal() == null ? "nobody" : context.principal().getName();
        }
    }

    private JsonNode ask(BlockingQueue<Delivery> replies, @Nullable String user) throws Exception {
        String request = "{\"method\": \"whoami\", \"args\": {}, \"_msg_id\": \"m1\", \"_reply_q\": \"replies\"}";
        channel.basicPublish(
                "openstack",
                "test",
                new BasicProperties.Builder()
                        .contentType("application/json")
                        .userId(user)
                        .build(),
                request.getBytes(StandardCharsets.UTF_8));
        Delivery delivery = replies.poll(20, TimeUnit.SECONDS);
        assertThat(delivery).isNotNull();
        return JSON.readTree(
                JSON.readTree(delivery.getBody()).path("oslo.message").asString());
    }

    @Test
    void isTheUserThatTheBrokerHasVerified() throws Exception {
        BlockingQueue<Delivery> replies = new LinkedBlockingQueue<>();
        channel.queueDeclare("replies", false, false, false, null);
        channel.basicConsume("replies", true, (tag, delivery) -> replies.add(delivery), tag -> {});
        try (RpcServer server = RpcServer.builder()
                .endpoint(new Asked())
                // The broker asks callers, not the server.
                .authenticator(Authenticator.password("alice", "other"))
                .authorizer(
                        (caller, method) -> caller != null && caller.getName().equals("guest"))
                .listen(broker.address(), Target.topic("test").withServer("server1"))
                .build()
                .start()) {
            assertThat(server.isReady()).isTrue();
            assertThat(ask(replies, "guest").path("result").asString()).isEqualTo("guest");
            assertThat(replies.poll(20, TimeUnit.SECONDS)).isNotNull();
            assertThat(ask(replies, null).path("failure").asString())
                    .contains("PermissionError", "a caller that is not authenticated may not call the method whoami");
        }
    }
}
