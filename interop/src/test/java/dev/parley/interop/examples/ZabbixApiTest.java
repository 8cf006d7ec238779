package dev.parley.interop.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Args;
import dev.parley.RpcException;
import dev.parley.TypeRef;
import dev.parley.interop.NeedsPeer;
import dev.parley.interop.Peer;
import dev.parley.interop.PeerProcess;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** The example's client, and Zabbix's own of Python, against the shapes of several versions. */
@Timeout(120)
class ZabbixApiTest {
    /** What the example asks for: text becomes numbers, and an empty list an object. */
    record Host(int hostid, String host, int status, Map<String, String> inventory) {}

    private static final TypeRef<List<Host>> HOSTS = new TypeRef<>() {};
    private static final Host SERVER = new Host(10084, "Zabbix server", 0, Map.of());

    private static List<Host> hosts(ZabbixApi api) {
        return api.list("host.get", HOSTS, Args.named("output", List.of("hostid", "host", "status")));
    }

    @ParameterizedTest
    @CsvSource({
        "5.0.46, user, true",
        "6.0.36, username, true",
        "6.4.21, username, false",
        "7.0.5, username, false",
        "7.2.0, username, false",
        "7.4.1, username, false"
    })
    void logsInAsTheVersionWants(String version, String member, boolean auth) throws Exception {
        try (FakeZabbix server = new FakeZabbix(version);
                ZabbixApi api = ZabbixApi.connect(server.url()).login("Admin", "zabbix")) {
            assertThat(api.version()).isEqualTo(ZabbixApi.Version.parse(version));
            assertThat(hosts(api)).containsExactly(SERVER);
            assertThat(api.checkAuth()).isTrue();
            assertThat(server.requests.stream()
                            .filter(one -> one.path("method").asString().equals("user.login"))
                            .map(one -> one.path("params").has(member)))
                    .containsExactly(true);
            assertThat(server.requests.stream()
                            .filter(one -> one.path("method").asString().equals("host.get"))
                            .map(one -> one.has("auth")))
                    .containsExactly(auth);

            api.logout();

            assertThat(api.checkAuth()).isFalse();
            assertThatThrownBy(() -> hosts(api))
                    .isInstanceOf(RpcException.class)
                    .hasMessageContaining("Not authori");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.0.36", "7.4.1"})
    void tokensNeedNoLogin(String version) throws Exception {
        try (FakeZabbix server = new FakeZabbix(version);
                ZabbixApi api = ZabbixApi.connect(
                        Map.of("ZABBIX_URL", server.url() + "/api_jsonrpc.php", "ZABBIX_TOKEN", FakeZabbix.TOKEN))) {
            assertThat(hosts(api)).containsExactly(SERVER);
            assertThat(api.checkAuth()).isTrue();
            assertThat(api.session()).isNull();
            api.logout();
            assertThat(server.requests).noneMatch(one -> one.toString().contains("logout"));
            assertThat(server.logins()).isZero();
        }
    }

    @Test
    void theEnvironmentNamesServerAndUser() throws Exception {
        try (FakeZabbix server = new FakeZabbix("7.0.5");
                ZabbixApi api = ZabbixApi.connect(
                        Map.of("ZABBIX_URL", server.url(), "ZABBIX_USER", "Admin", "ZABBIX_PASSWORD", "zabbix"))) {
            assertThat(hosts(api)).containsExactly(SERVER);
        }
        assertThatThrownBy(() -> ZabbixApi.connect(Map.of("ZABBIX_USER", "Admin")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("ZABBIX_PASSWORD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.0.36", "7.4.1"})
    void anEndedSessionIsRenewedOnce(String version) throws Exception {
        try (FakeZabbix server = new FakeZabbix(version);
                ZabbixApi api = ZabbixApi.connect(server.url()).login("Admin", "zabbix")) {
            server.endSessions();
            List<CompletableFuture<List<Host>>> calls = IntStream.range(0, 8)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> hosts(api)))
                    .toList();
            for (CompletableFuture<List<Host>> call : calls) {
                assertThat(call.get(60, TimeUnit.SECONDS)).containsExactly(SERVER);
            }
            assertThat(server.logins()).isEqualTo(2);
        }
    }

    @Test
    void aSessionOfAnEarlierRunIsUsedAgain() throws Exception {
        try (FakeZabbix server = new FakeZabbix("7.0.5")) {
            String session;
            try (ZabbixApi first = ZabbixApi.connect(server.url()).login("Admin", "zabbix")) {
                session = first.session();
            }
            try (ZabbixApi second = ZabbixApi.connect(server.url()).resume(session, "Admin", "zabbix")) {
                assertThat(hosts(second)).containsExactly(SERVER);
                assertThat(server.logins()).isEqualTo(1);
            }
            server.endSessions();
            try (ZabbixApi third = ZabbixApi.connect(server.url()).resume(session, "Admin", "zabbix")) {
                assertThat(hosts(third)).containsExactly(SERVER);
                assertThat(server.logins()).isEqualTo(2);
            }
        }
    }

    @Test
    void whatIsRefusedIsTold() throws Exception {
        try (FakeZabbix server = new FakeZabbix("6.0.36");
                ZabbixApi api = ZabbixApi.connect(server.url())) {
            assertThatThrownBy(() -> api.login("Admin", "wrong"))
                    .isInstanceOf(RpcException.class)
                    .hasMessageContaining("Incorrect user name or password");
            assertThat(api.checkAuth()).isFalse();
        }
        try (FakeZabbix server = new FakeZabbix("5.0.46");
                ZabbixApi api = ZabbixApi.connect(server.url())) {
            assertThatThrownBy(() -> api.token(FakeZabbix.TOKEN))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("5.0");
        }
    }

    /** Zabbix's own client gets along with the same server, so that its shapes are those that it knows. */
    @ParameterizedTest
    @ValueSource(strings = {"6.0.36", "7.0.5", "7.4.1"})
    @NeedsPeer(Peer.ZABBIX_UTILS)
    void zabbixsOwnClientUnderstandsTheServer(String version) throws Exception {
        String script = """
                import json, sys
                from zabbix_utils import ZabbixAPI, APIRequestError
                url, token = sys.argv[1:]
                api = ZabbixAPI(url=url, user='Admin', password='zabbix', skip_version_check=True)
                out = {'version': str(api.version), 'hosts': api.host.get(), 'valid': api.check_auth()}
                out['logout'] = api.logout()
                try:
                    ZabbixAPI(url=url, user='Admin', password='wrong', skip_version_check=True)
                except APIRequestError as e:
                    out['refused'] = str(e)
                api = ZabbixAPI(url=url, token=token, skip_version_check=True)
                out['by token'] = api.host.get(output=['hostid'])
                print(json.dumps(out))
                """;
        try (FakeZabbix server = new FakeZabbix(version);
                PeerProcess client =
                        PeerProcess.start(Peer.ZABBIX_UTILS, "-c", script, server.url(), FakeZabbix.TOKEN)) {
            JsonNode out = client.json();
            assertThat(out.path("version").asString()).isEqualTo(version);
            assertThat(out.path("hosts").path(0).path("host").asString()).isEqualTo("Zabbix server");
            assertThat(out.path("by token")).isEqualTo(out.path("hosts"));
            assertThat(out.path("valid").asBoolean()).isTrue();
            assertThat(out.path("refused").asString()).contains("Incorrect user name or password");
        }
    }
}
