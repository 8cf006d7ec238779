package dev.parley.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.Address;
import dev.parley.InvalidTargetException;
import dev.parley.security.Authenticator;
import dev.parley.security.Credentials;
import dev.parley.security.LoginLimits;
import dev.parley.security.User;
import java.security.Principal;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AuthenticationTest {
    private static final LoginLimits QUICK = LoginLimits.defaults().withDelay(Duration.ZERO, Duration.ZERO);
    private static final String PEER = "192.0.2.1:4711";

    private final Counting counting = new Counting();

    /** Accepts the password "right" and counts. */
    private static final class Counting implements Authenticator {
        private final AtomicInteger asked = new AtomicInteger();
        private volatile String password = "right";
        private volatile @Nullable CountDownLatch gate;

        @Override
        public Set<Class<? extends Credentials>> accepts() {
            return Set.of(Credentials.Password.class, Credentials.Token.class);
        }

        @Override
        public @Nullable Principal authenticate(Credentials credentials) {
            asked.incrementAndGet();
            CountDownLatch opened = gate;
            try {
                if (opened != null && !opened.await(30, TimeUnit.SECONDS)) {
                    throw new IllegalStateException("not opened");
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            if (credentials instanceof Credentials.Token) {
                throw new IllegalStateException("no directory");
            }
            return credentials instanceof Credentials.Password given
                            && given.password().equals(password)
                    ? new User(given.user())
                    : null;
        }
    }

    private static Login login(Authentication authentication, String password) throws Exception {
        return authentication
                .authenticate(new Credentials.Password("alice", password), PEER)
                .get(30, TimeUnit.SECONDS);
    }

    @Test
    void asksOnceForWhatItHasAccepted() throws Exception {
        Authentication authentication = new Authentication(counting, QUICK);
        assertThat(login(authentication, "right")).isEqualTo(new Login.Accepted(new User("alice")));
        assertThat(login(authentication, "right")).isEqualTo(new Login.Accepted(new User("alice")));
        assertThat(counting.asked).hasValue(1);
        assertThat(login(authentication, "wrong")).isInstanceOf(Login.Refused.class);
        assertThat(login(authentication, "wrong")).isInstanceOf(Login.Refused.class);
        assertThat(counting.asked).hasValue(3);
    }

    @Test
    void anotherSplitOfTheSameTextIsNotKnown() throws Exception {
        Authentication authentication = new Authentication(counting, QUICK);
        assertThat(login(authentication, "right")).isInstanceOf(Login.Accepted.class);
        CompletableFuture<Login> shifted =
                authentication.authenticate(new Credentials.Password("alicer", "ight"), PEER);
        assertThat(shifted.get(30, TimeUnit.SECONDS)).isInstanceOf(Login.Refused.class);
    }

    @Test
    void forgetsWhenItReads() throws Exception {
        Authentication authentication = new Authentication(counting, QUICK);
        assertThat(login(authentication, "right")).isInstanceOf(Login.Accepted.class);
        counting.password = "changed";
        assertThat(login(authentication, "right")).isInstanceOf(Login.Accepted.class);
        authentication.reload();
        assertThat(login(authentication, "right")).isInstanceOf(Login.Refused.class);
    }

    @Test
    void canAskForEachRequest() throws Exception {
        Authentication authentication = new Authentication(counting, QUICK.withCacheTime(Duration.ZERO));
        assertThat(login(authentication, "right")).isInstanceOf(Login.Accepted.class);
        assertThat(login(authentication, "right")).isInstanceOf(Login.Accepted.class);
        assertThat(counting.asked).hasValue(2);
    }

    @Test
    void holdsBackTheAnswerAndTheNextLoginOfTheHost() throws Exception {
        Authentication authentication = new Authentication(
                counting, LoginLimits.defaults().withDelay(Duration.ofHours(1), Duration.ofHours(1)));
        assertThat(login(authentication, "right")).isInstanceOf(Login.Accepted.class);
        CompletableFuture<Login> failed = authentication.authenticate(new Credentials.Password("alice", "wrong"), PEER);
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30); counting.asked.get() < 2; ) {
            assertThat(System.nanoTime()).isLessThan(end);
            Thread.sleep(5);
        }
        // Of the same host, though of another port; not asked about while it waits.
        CompletableFuture<Login> next =
                authentication.authenticate(new Credentials.Password("bob", "right"), "192.0.2.1:4712");
        CompletableFuture<Login> other =
                authentication.authenticate(new Credentials.Password("bob", "right"), "192.0.2.2:4712");
        assertThat(other.get(30, TimeUnit.SECONDS)).isInstanceOf(Login.Accepted.class);
        assertThat(login(authentication, "right")).isInstanceOf(Login.Accepted.class);
        assertThat(failed).isNotDone();
        assertThat(next).isNotDone();
        assertThat(counting.asked).hasValue(3);
    }

    @Test
    void delaysGrowAndEndWithASuccess() {
        LoginFailures failures =
                new LoginFailures(LoginLimits.defaults().withDelay(Duration.ofMillis(100), Duration.ofMillis(350)));
        LoginFailures.Host host = failures.enter("a");
        assertThat(List.of(failures.failed(host), failures.failed(host), failures.failed(host), failures.failed(host)))
                .containsExactly(100_000_000L, 200_000_000L, 350_000_000L, 350_000_000L);
        assertThat(failures.delayNanos(host)).isPositive();
        failures.succeeded(host);
        assertThat(failures.delayNanos(host)).isZero();
        assertThat(failures.failed(host)).isEqualTo(100_000_000L);
    }

    @Test
    void remembersABoundedNumberOfHosts() {
        LoginFailures failures = new LoginFailures(LoginLimits.defaults());
        for (int i = 0; i < 30_000; i++) {
            LoginFailures.Host host = failures.enter("host" + i);
            assertThat(failures.failed(host)).isPositive();
            failures.leave(host);
        }
        assertThat(failures.size()).isEqualTo(10_000);
    }

    @Test
    void refusesLoginsBeyondTheLimits() throws Exception {
        CountDownLatch gate = new CountDownLatch(1);
        counting.gate = gate;
        Authentication authentication = new Authentication(counting, QUICK.withWaiting(3, 2));
        CompletableFuture<Login> first = authentication.authenticate(new Credentials.Password("a", "right"), PEER);
        CompletableFuture<Login> second = authentication.authenticate(new Credentials.Password("b", "right"), PEER);
        assertThat(login(authentication, "right")).isInstanceOf(Login.Unavailable.class);
        CompletableFuture<Login> other =
                authentication.authenticate(new Credentials.Password("c", "right"), "192.0.2.2:1");
        assertThat(authentication
                        .authenticate(new Credentials.Password("d", "right"), "192.0.2.3:1")
                        .get(30, TimeUnit.SECONDS))
                .isInstanceOf(Login.Unavailable.class);
        gate.countDown();
        for (CompletableFuture<Login> each : List.of(first, second, other)) {
            assertThat(each.get(30, TimeUnit.SECONDS)).isInstanceOf(Login.Accepted.class);
        }
        assertThat(login(authentication, "right")).isInstanceOf(Login.Accepted.class);
    }

    @Test
    void aFailureOfTheAuthenticatorIsNoRefusal() throws Exception {
        Authentication authentication = new Authentication(counting, QUICK);
        assertThat(authentication.authenticate(new Credentials.Token("t"), PEER).get(30, TimeUnit.SECONDS))
                .isInstanceOf(Login.Unavailable.class);
    }

    @Test
    void wiresWithoutCredentialsNeedAnonymousCallers() {
        Address address = Address.parse("zerorpc+tcp://127.0.0.1:1");
        Authentication authentication = new Authentication(counting, QUICK);
        assertThatThrownBy(() -> authentication.withoutCredentials(address, "carries no credentials"))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("zerorpc+tcp://127.0.0.1:1")
                .hasMessageContaining("carries no credentials")
                .hasMessageContaining("Authenticator.anonymous()");
        Authentication open = new Authentication(counting.or(Authenticator.anonymous()), QUICK);
        assertThat(open.withoutCredentials(address, "carries no credentials")).isEqualTo(User.ANONYMOUS);
    }

    @Test
    void asksOneAuthenticatorAfterTheOther() {
        Authenticator either = Authenticator.firstOf(List.of(
                Authenticator.password("alice", "one"),
                Authenticator.password("alice", "two"),
                Authenticator.certificates()));
        assertThat(either.accepts())
                .containsExactlyInAnyOrder(Credentials.Password.class, Credentials.Certificate.class);
        assertThat(either.authenticate(new Credentials.Password("alice", "two")))
                .isEqualTo(new User("alice"));
        assertThat(either.authenticate(new Credentials.Password("alice", "three")))
                .isNull();
        assertThat(either.authenticate(new Credentials.None())).isNull();
    }

    @Test
    void credentialsDoNotShowTheirSecret() {
        assertThat(new Credentials.Password("alice", "s3cret")).hasToString("Password[user=alice]");
        assertThat(new Credentials.Token("s3cret")).hasToString("Token[]");
    }
}
