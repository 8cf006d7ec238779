package dev.parley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.toy.ToyWire;
import org.junit.jupiter.api.Test;

/** A wire that core knows nothing of, whose transport blocks. */
class ToyWireClientTest extends ClientSuite {
    @Override
    String listenAddress() {
        return "toy+tcp://127.0.0.1:0";
    }

    /** What shows the wire's own features. */
    public static class Colors {
        public String color(RpcContext context) {
            return String.valueOf(context.metadata().get("color"));
        }

        @Expose("SHOUT")
        public String shout() {
            return "loud";
        }
    }

    @Test
    void aWireDeclaresItsShortFormsOptionsAndCallOptions() {
        try (RpcServer server = RpcServer.builder()
                .endpoint(new Colors())
                .listen("toy://127.0.0.1:0")
                .build()
                .start()) {
            Address bound = server.addresses().getFirst();
            assertThat(bound.scheme()).isEqualTo("toy+tcp");
            try (RpcClient client = RpcClient.connect(bound.withScheme("toy").toUri())) {
                assertThat(client.prepare(o -> o.with(ToyWire.COLOR, "blue")).call("color", String.class))
                        .isEqualTo("blue");
            }
            try (RpcClient upper = RpcClient.connect(bound.toUri() + "?upper=true")) {
                assertThat(upper.call("shout", String.class)).isEqualTo("loud");
            }
        }
    }

    @Test
    void whatAWireDoesNotReadOfAnAddressIsRefusedByName() {
        assertRefused("toy://h:1?other=1", "unknown option 'other'", "upper");
        assertRefused("toy://h:1?upper=maybe", "upper=maybe", "true or false");
        assertRefused("toy://ann:secret@h:1", "no credentials");
        assertRefused("toy://h:1,i:2", "one host");
        assertRefused("toy://h:1/path", "no path");
        assertRefused("unheard://h:1", "unknown scheme 'unheard'", "toy+tcp", "memory", "toy://host:port");
    }

    private static void assertRefused(String address, String... words) {
        assertThatThrownBy(() -> RpcClient.connect(address))
                .isInstanceOf(InvalidTargetException.class)
                .message()
                .contains(words)
                .doesNotContain("secret");
    }
}
