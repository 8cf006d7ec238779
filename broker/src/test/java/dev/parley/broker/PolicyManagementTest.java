package dev.parley.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Policies and definitions by the management API, with the answers of RabbitMQ 3.10.8. */
class PolicyManagementTest {
    private static final JsonMapper JSON = new JsonMapper();

    private final EmbeddedBroker broker =
            EmbeddedBroker.builder().managementPort(0).virtualHost("orders").start();

    @AfterEach
    void close() {
        broker.close();
    }

    private record Answer(int status, String body) {
        JsonNode json() {
            return JSON.readTree(body);
        }
    }

    private Answer call(String method, String path, String body) throws Exception {
        return call(broker, method, path, body, "guest:guest");
    }

    private Answer call(EmbeddedBroker on, String method, String path, String body, String login) throws Exception {
        var connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + on.managementPort() + "/api/" + path)
                .toURL()
                .openConnection();
        connection.setRequestMethod(method);
        connection.setRequestProperty(
                "Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8)));
        if (body != null) {
            connection.setDoOutput(true);
            connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        }
        int status = connection.getResponseCode();
        try (InputStream in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
            return new Answer(status, in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    @Test
    void keepsAndAppliesPolicies() throws Exception {
        call("PUT", "queues/%2F/q", "{\"arguments\": {\"x-max-length\": 3}}");
        call("PUT", "exchanges/%2F/qx", "{\"type\": \"fanout\"}");
        String policy =
                "{\"pattern\": \"^q\", \"definition\": {\"max-length\": 5, \"alternate-exchange\": \"amq.fanout\"}}";
        assertThat(call("PUT", "policies/%2F/p", policy)).isEqualTo(new Answer(201, ""));
        assertThat(call("PUT", "policies/%2F/p", policy)).isEqualTo(new Answer(204, ""));
        assertThat(call(
                                "PUT",
                                "operator-policies/%2F/op",
                                "{\"pattern\": \"^q\", \"definition\": {\"max-length\": 4}, \"priority\": 2,"
                                        + " \"apply-to\": \"queues\"}")
                        .status())
                .isEqualTo(201);
        JsonNode queue = call("GET", "queues/%2F/q", null).json();
        assertThat(queue.get("policy").asString()).isEqualTo("p");
        assertThat(queue.get("operator_policy").asString()).isEqualTo("op");
        assertThat(queue.get("effective_policy_definition"))
                .isEqualTo(JSON.readTree("{\"alternate-exchange\": \"amq.fanout\", \"max-length\": 4}"));
        assertThat(call("GET", "exchanges/%2F/qx", null).json().get("policy").asString())
                .isEqualTo("p");
        String listed = "{\"vhost\":\"/\",\"name\":\"p\",\"pattern\":\"^q\",\"apply-to\":\"all\","
                + "\"definition\":{\"max-length\":5,\"alternate-exchange\":\"amq.fanout\"},\"priority\":0}";
        assertThat(call("GET", "policies/%2F/p", null).json()).isEqualTo(JSON.readTree(listed));
        assertThat(call("GET", "policies", null).json()).isEqualTo(JSON.readTree("[" + listed + "]"));
        assertThat(call("GET", "policies/orders", null).body()).isEqualTo("[]");
        assertThat(call("GET", "operator-policies/%2F", null).json()).hasSize(1);

        assertThat(call("DELETE", "policies/%2F/p", null)).isEqualTo(new Answer(204, ""));
        assertThat(call("DELETE", "policies/%2F/p", null).status()).isEqualTo(404);
        assertThat(call("DELETE", "operator-policies/%2F/op", null).status()).isEqualTo(204);
        assertThat(call("GET", "queues/%2F/q", null).json().get("policy").isNull())
                .isTrue();
    }

    @Test
    void refusesAsRabbitMqDoes() throws Exception {
        assertRefused("policies/%2F/p", "{", 400, "not_json");
        assertRefused("policies/%2F/p", "{\"pattern\": \"a\"}", 400, "[{key_missing,definition}]");
        assertRefused(
                "policies/%2F/p",
                "{\"pattern\": \"a\", \"definition\": {\"bogus\": 1}}",
                400,
                "Validation failed\n\n[{&lt;&lt;\"bogus\"&gt;&gt;,1}] are not recognised policy settings\n");
        assertRefused(
                "operator-policies/%2F/p",
                "{\"pattern\": \"a\", \"definition\": {\"overflow\": \"drop-head\"}}",
                400,
                "Validation failed\n\n[{<<\"overflow\">>,<<\"drop-head\">>}] are not recognised policy settings\n");
        assertRefused("policies/none/p", "{\"pattern\": \"a\", \"definition\": {}}", 404, "vhost_not_found");
        assertThat(call("POST", "policies/%2F/p", "{}").status()).isEqualTo(405);
        assertThat(call("GET", "policies/%2F/none", null).status()).isEqualTo(404);
        assertThat(call("GET", "policies/none", null).status()).isEqualTo(404);
    }

    private void assertRefused(String path, String body, int status, String reason) throws Exception {
        Answer answer = call("PUT", path, body);
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.json().get("reason").asString()).isEqualTo(reason);
    }

    @Test
    void onlyPolicyMakersKeepPolicies() throws Exception {
        String policy = "{\"pattern\": \"^q\", \"definition\": {\"max-length\": 5}}";
        for (String user : new String[] {"management", "policymaker"}) {
            call("PUT", "users/" + user, "{\"password\": \"secret\", \"tags\": \"" + user + "\"}");
            call("PUT", "permissions/orders/" + user, "{\"configure\": \".*\", \"write\": \".*\", \"read\": \".*\"}");
        }
        assertThat(call(broker, "PUT", "policies/orders/p", policy, "management:secret")
                        .status())
                .isEqualTo(401);
        assertThat(call(broker, "PUT", "policies/orders/p", policy, "policymaker:secret")
                        .status())
                .isEqualTo(201);
        assertThat(call(broker, "PUT", "policies/%2F/p", policy, "policymaker:secret")
                        .status())
                .as("without permissions there")
                .isEqualTo(401);
        assertThat(call(broker, "PUT", "operator-policies/orders/p", policy, "policymaker:secret")
                        .status())
                .isEqualTo(401);
        assertThat(call(broker, "GET", "definitions", null, "policymaker:secret")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void exportsWhatItImports() throws Exception {
        String password = "{\"password\": \"secret\", \"tags\": \"monitoring\"}";
        call("PUT", "users/alice", password);
        call("PUT", "permissions/orders/alice", "{\"configure\": \"^a\", \"write\": \".*\", \"read\": \"\"}");
        call("PUT", "queues/orders/q", "{\"durable\": true, \"arguments\": {\"x-queue-type\": \"quorum\"}}");
        call("PUT", "exchanges/orders/e", "{\"type\": \"topic\", \"durable\": true}");
        call("PUT", "exchanges/orders/internal", "{\"type\": \"topic\", \"internal\": true}");
        call("POST", "bindings/orders/e/e/q/q", "{\"routing_key\": \"a.#\", \"arguments\": {\"x\": 1}}");
        call("PUT", "policies/orders/p", "{\"pattern\": \"^q\", \"definition\": {\"max-length\": 5}, \"priority\": 1}");
        call("PUT", "operator-policies/orders/op", "{\"pattern\": \"^q\", \"definition\": {\"expires\": 500000}}");
        Answer exported = call("GET", "definitions", null);
        assertThat(exported.status()).isEqualTo(200);
        assertThat(exported.json().get("exchanges")).hasSize(1);

        try (EmbeddedBroker other = EmbeddedBroker.builder().managementPort(0).start()) {
            Answer loaded = call(other, "POST", "definitions", exported.body(), "guest:guest");
            assertThat(loaded).isEqualTo(new Answer(204, ""));
            assertThat(call(other, "GET", "definitions", null, "guest:guest").json())
                    .isEqualTo(exported.json());
            assertThat(call(other, "GET", "queues/orders/q", null, "alice:secret")
                            .json()
                            .get("policy")
                            .asString())
                    .isEqualTo("p");
        }
    }

    @Test
    void definitionsOfOneVirtualHost() throws Exception {
        call("PUT", "queues/orders/q", "{\"durable\": true}");
        call("POST", "bindings/orders/e/amq.topic/q/q", "{\"routing_key\": \"k\"}");
        Answer exported = call("GET", "definitions/orders", null);
        assertThat(exported.json().get("queues").get(0).has("vhost")).isFalse();
        assertThat(exported.json().has("users")).isFalse();
        assertThat(call("POST", "definitions/%2F", exported.body()).status()).isEqualTo(204);
        assertThat(call("GET", "definitions/%2F", null).json()).isEqualTo(exported.json());
        assertThat(call("POST", "definitions/none", "{}").status()).isEqualTo(404);
        assertThat(call("GET", "definitions/none", null).status()).isEqualTo(400);
        assertThat(call("PUT", "definitions", "{}").status()).isEqualTo(405);
        assertThat(call("POST", "definitions", "{").json().get("reason").asString())
                .isEqualTo("failed_to_parse_json");
        assertThat(call("POST", "definitions", "{\"queues\": [{\"name\": \"q\", \"vhost\": \"none\"}]}")
                        .json()
                        .get("reason")
                        .asString())
                .isEqualTo("definitions: queues[0] 'q': no vhost 'none'");
    }

    @Test
    void showsHowManyMessagesAreDelayed() throws Exception {
        call(
                "PUT",
                "exchanges/%2F/d",
                "{\"type\": \"x-delayed-message\", \"arguments\": {\"x-delayed-type\": \"direct\"}}");
        call(
                "POST",
                "exchanges/%2F/d/publish",
                "{\"properties\": {\"headers\": {\"x-delay\": 3600000}}, \"routing_key\": \"k\", \"payload\": \"m\","
                        + " \"payload_encoding\": \"string\"}");
        assertThat(call("GET", "exchanges/%2F/d", null)
                        .json()
                        .get("messages_delayed")
                        .asInt())
                .isEqualTo(1);
    }
}
