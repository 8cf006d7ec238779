package dev.parley.jsonrpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.ConnectionLostException;
import dev.parley.Limits;
import dev.parley.ProtocolException;
import dev.parley.RemoteException;
import dev.parley.RpcClient;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client over TCP towards servers that answer exactly these bytes; no call waits out its timeout of a minute. */
@Timeout(50)
class StreamClientTest {
    private ServerSocket listening;
    private RpcClient client;
    private Socket peer;

    @BeforeEach
    void listen() throws IOException {
        listening = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
        client = client("");
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        if (peer != null) {
            peer.close();
        }
        listening.close();
    }

    private RpcClient client(String options) {
        return RpcClient.builder("jsonrpc+tcp://127.0.0.1:" + listening.getLocalPort() + options)
                .limits(Limits.defaults().withMessageBytes(100_000))
                .build();
    }

    /** A call that has reached the peer. */
    private CompletableFuture<Object> called() throws IOException {
        CompletableFuture<Object> call = client.callAsync("m", Object.class);
        if (peer == null) {
            peer = listening.accept();
            peer.setSoTimeout(20_000);
        }
        InputStream in = peer.getInputStream();
        int b;
        do {
            b = in.read();
            assertThat(b).isNotNegative();
        } while (b != '}');
        return call;
    }

    private void say(String text) throws IOException {
        peer.getOutputStream().write(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    }

    private static Object result(CompletableFuture<Object> call) throws Exception {
        return call.get(30, TimeUnit.SECONDS);
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> failure(CompletableFuture<Object> call) {
        return assertThatThrownBy(() -> result(call))
                .isInstanceOf(ExecutionException.class)
                .cause();
    }

    /** The method may have run, so that only an idempotent call may be made again. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"|{'id':1,'jsonrpc':'2.0','result':5}", "?framing=headers|Content-Length: 8#{'id':1,"})
    void aResponseThatIsCutOffMeansALostConnection(String options, String response) throws Exception {
        for (int length = 1; length < response.length(); length++) {
            try (RpcClient cut = client(options == null ? "" : options)) {
                CompletableFuture<Object> call = cut.callAsync("m", Object.class);
                try (Socket server = listening.accept()) {
                    server.setSoTimeout(20_000);
                    assertThat(server.getInputStream().read()).isPositive();
                    server.getOutputStream()
                            .write(response.substring(0, length)
                                    .replace('\'', '"')
                                    .replace("#", "\r\n\r\n")
                                    .getBytes(StandardCharsets.UTF_8));
                    server.shutdownOutput();
                    failure(call).isInstanceOf(ConnectionLostException.class);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'id':1,'jsonrpc':'2.0','result':5}",
                "{'id':1,'jsonrpc':'2.0','result':5}\0",
                "\ufeff{'id':1,'jsonrpc':'2.0','result':5}\n",
                "{\n   'jsonrpc': '2.0',\n   'id': 1,\n   'result': 5\n}\n\n",
                "{'jsonrpc':'2.0','id':1.0,'result':5}\n",
                "{'jsonrpc':'2.0','id':'1','result':5}\n",
                "{'jsonrpc':'2.0','id':0.1e1,'result':5}\n",
                "{'id':null,'method':'mining.notify','params':[]}\n{'id':1,'result':5,'error':null}\n",
                "{'id':1,'jsonrpc':'2.0','result':5}{'jsonrpc':'2.0','method':'log'}",
                "[{'jsonrpc':'2.0','id':1,'result':5}]",
                "a line of a log\n{'jsonrpc':'2.0','id':1,'result':5}",
                "{'jsonrpc':'2.0','id':null,'result':5}",
                "{'result':5}",
                "Content-Length: 34\r\n\r\n{'jsonrpc':'2.0','id':1,'result':5}",
            })
    void readsAnswersHoweverTheyAreWritten(String answer) throws Exception {
        CompletableFuture<Object> call = called();
        say(answer.replace("34", "35"));
        assertThat(result(call)).isEqualTo(5);
    }

    @Test
    void theEndOfInputEndsAnAnswer() throws Exception {
        CompletableFuture<Object> call = called();
        say("{'jsonrpc':'2.0','id':1,'result':5}");
        peer.close();
        assertThat(result(call)).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "{'jsonrpc':'2.0','id':1,'result':NaN} # NaN is not a JSON value",
                "{'jsonrpc':'2.0','id':1,'result':'a\\uD8'} # hex-digit",
                "{'jsonrpc':'2.0','result':[1,2,],'id':1} # value",
                "{'jsonrpc':'2.0','result':'a\\q','id':'1'} # escape",
                "{'jsonrpc':'2.0','id':7,'result':5} # the id 7, which no request had",
                "{'jsonrpc':'2.0','id':'abc','result':5} # the id \"abc\", which no request had",
                "{'jsonrpc':'2.0','id':1.5,'result':5} # the id 1.5",
                "{'result':[1} # Unexpected",
                "[{'id':1,'result':tru}] # tru",
            })
    void anAnswerThatCannotBeReadFailsItsCallAtOnce(String answer, String message) throws Exception {
        CompletableFuture<Object> call = called();
        say(answer);
        failure(call).isInstanceOf(ProtocolException.class).hasMessageContaining(message);
        CompletableFuture<Object> next = called();
        say("{'jsonrpc':'2.0','id':2,'result':6}");
        assertThat(result(next)).isEqualTo(6);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'jsonrpc':'2.0','id':77,'error':{'code':-1,'message':'wallet locked'}}",
                "{'jsonrpc':'2.0','id':null,'error':{'code':-1,'message':'wallet locked'}}",
                "{'error':{'code':'-1','message':'wallet locked'}}",
                "{'id':1,'result':null,'error':[-1,'wallet locked',null]}",
            })
    void whatAnErrorSaysIsNeverLost(String answer) throws Exception {
        CompletableFuture<Object> call = called();
        say(answer);
        failure(call).isInstanceOfSatisfying(RemoteException.class, e -> {
            assertThat(e).hasMessage("wallet locked");
            assertThat(e.code()).isEqualTo(-1);
        });
    }

    @Test
    void ofManyCallsTheOneOfTheIdFails() throws Exception {
        CompletableFuture<Object> first = called();
        CompletableFuture<Object> second = called();
        say("{'jsonrpc':'2.0','result':NaN,'id':2}");
        failure(second).isInstanceOf(ProtocolException.class);
        say("{'jsonrpc':'2.0','id':1,'result':5}");
        assertThat(result(first)).isEqualTo(5);
    }

    @Test
    void ofManyCallsTheOneThatRemainsFails() throws Exception {
        CompletableFuture<Object> first = called();
        CompletableFuture<Object> second = called();
        CompletableFuture<Object> third = called();
        CompletableFuture<Object> probe = called();
        say("{'jsonrpc':'2.0','id':'lost','result':0}{'jsonrpc':'2.0','id':4,'result':4}");
        assertThat(result(probe)).isEqualTo(4);
        // The first of them came before this call, so it cannot be meant for it.
        CompletableFuture<Object> last = called();
        say("{'jsonrpc':'2.0','id':3,'result':3}{'jsonrpc':'2.0','id':1,'result':1}");
        assertThat(result(third)).isEqualTo(3);
        assertThat(result(first)).isEqualTo(1);
        failure(second).isInstanceOf(ProtocolException.class).hasMessageContaining("\"lost\"");
        say("{'jsonrpc':'2.0','id':5,'result':5}");
        assertThat(result(last)).isEqualTo(5);
    }

    @Test
    void aLateAnswerToACallThatWasGivenUpHarmsNoOther() throws Exception {
        CompletableFuture<Object> first = called();
        assertThat(first.cancel(true)).isTrue();
        CompletableFuture<Object> second = called();
        // The cancellation was read as the end of a call before it.
        say("{'jsonrpc':'2.0','id':1,'result':NaN}{'jsonrpc':'2.0','id':1,'result':1}");
        say("{'jsonrpc':'2.0','id':2,'result':2}");
        assertThat(result(second)).isEqualTo(2);
    }

    @Test
    void anAnswerThatIsTooLargeFailsItsCallAndNoOther() throws Exception {
        CompletableFuture<Object> call = called();
        say("{'jsonrpc':'2.0','id':1,'result':'" + "x".repeat(200_000) + "'}");
        failure(call).isInstanceOf(ProtocolException.class).hasMessageContaining("100000 bytes");
        CompletableFuture<Object> next = called();
        say("{'jsonrpc':'2.0','id':2,'result':6}");
        assertThat(result(next)).isEqualTo(6);
    }

    @Test
    void aWebServerIsRecognized() throws Exception {
        CompletableFuture<Object> call = called();
        say("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        failure(call).isInstanceOf(ConnectionLostException.class).hasMessageContaining("HTTP");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 35\n\n",
                "content-length:35\r\n\r\n",
                "log: 7 files read\n\nContent-Length: 35\r\n\r\n",
                "Starting\r\nX-Trace: 1\r\nContent-Length: 35\r\nX-Other: 2\r\n\r\n",
            })
    void withHeadersItReadsThemWhateverPrecedes(String head) throws Exception {
        client.close();
        client = client("?framing=headers");
        CompletableFuture<Object> call = called();
        say(head + "{'jsonrpc':'2.0','id':1,'result':5}");
        assertThat(result(call)).isEqualTo(5);
    }
}
