package dev.parley.oslo.notify.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import dev.parley.RpcServer;
import dev.parley.Target;
import dev.parley.broker.EmbeddedBroker;
import dev.parley.oslo.notify.Notification;
import dev.parley.oslo.notify.Priority;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The server interceptor on a served topic of a broker. */
class RequestNotificationInterceptorTest {
    private final RecordingNotifier notifier = new RecordingNotifier();
    private final CompletableFuture<String> later = new CompletableFuture<>();
    private EmbeddedBroker broker;
    private RpcServer server;
    private RpcClient client;

    @BeforeEach
    void start() {
        broker = EmbeddedBroker.builder().start();
        server = RpcServer.builder()
                .endpoint(new Shop())
                .interceptor(RequestNotificationInterceptor.builder(notifier)
                        .serviceName("shop")
                        .ignore("ping")
                        .build())
                .listen(broker.address(), Target.topic("shop").withServer("s1"))
                .build()
                .start();
        client =
                RpcClient.builder(broker.address()).target(Target.topic("shop")).build();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        broker.close();
    }

    /** The methods that the server offers. */
    @SuppressWarnings("UnusedMethod") // Called by its name.
    public final class Shop {
        public String order(String item) {
            return "ordered " + item;
        }

        public void fail() {
            throw new IllegalArgumentException("no stock");
        }

        public CompletableFuture<String> later() {
            return later;
        }

        public String ping() {
            return "pong";
        }
    }

    @Test
    void aCallAndItsResponseAreNotifications() throws Exception {
        RpcClient caller = client.with(Map.of("project_id", "p1"));
        assertThat(caller.call("order", String.class, Args.named("item", "tea")))
                .isEqualTo("ordered tea");

        Notification<JsonNode> first = notifier.next();
        assertThat(first.eventType()).isEqualTo("rpc.request");
        assertThat(first.priority()).isEqualTo(Priority.INFO);
        assertThat(first.context()).containsEntry("project_id", "p1");
        assertThat(first.payload().propertyNames()).containsExactly("request");
        JsonNode request = first.payload().path("request");
        assertThat(request.propertyNames())
                .containsExactly(
                        "service_name", "method", "namespace", "version", "wire", "remote_address", "user", "metadata");
        assertThat(request.path("service_name").asString()).isEqualTo("shop");
        assertThat(request.path("method").asString()).isEqualTo("order");
        assertThat(request.path("wire").asString()).isEqualTo("rabbit");

        Notification<JsonNode> second = notifier.next();
        assertThat(second.eventType()).isEqualTo("rpc.response");
        assertThat(second.payload().path("request")).isEqualTo(request);
        assertThat(second.payload().path("response").toString()).isEqualTo("{\"status\":\"ok\"}");
        assertThat(second.payload().has("exception")).isFalse();
        assertThat(first.payload() + " " + second.payload()).doesNotContain("tea");
    }

    @Test
    void aFailureIsTold() throws Exception {
        assertThatThrownBy(() -> client.call("fail", Object.class)).isInstanceOf(RemoteException.class);

        assertThat(notifier.next().eventType()).isEqualTo("rpc.request");
        JsonNode payload = notifier.next().payload();
        assertThat(payload.path("response").path("status").asString()).isEqualTo("error");
        assertThat(payload.path("exception").path("value").asString())
                .isEqualTo("java.lang.IllegalArgumentException: no stock");
        assertThat(payload.path("exception").path("traceback").path(0).asString())
                .contains("Shop.fail");
    }

    @Test
    void anAsynchronousResultIsToldWhenItIsThere() throws Exception {
        CompletableFuture<String> call = client.callAsync("later", String.class);
        assertThat(notifier.next().eventType()).isEqualTo("rpc.request");
        assertThat(notifier.sent).isEmpty();
        later.complete("done");
        assertThat(call.get()).isEqualTo("done");
        assertThat(notifier.next().eventType()).isEqualTo("rpc.response");
    }

    @Test
    void someMethodsCanBeIgnored() throws Exception {
        assertThat(client.call("ping", String.class)).isEqualTo("pong");
        client.call("order", String.class, Args.named("item", "tea"));
        assertThat(notifier.next().payload().path("request").path("method").asString())
                .isEqualTo("order");
    }

    @Test
    void aNotifierThatFailsFailsNoCall() {
        notifier.onSend = event -> {
            throw new IllegalStateException("the notifier is closed");
        };
        assertThat(client.call("order", String.class, Args.named("item", "tea")))
                .isEqualTo("ordered tea");
    }
}
