package dev.parley.security;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.Principal;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The authenticators that {@link Authenticator} makes. */
final class Authenticators {
    static final Authenticator CERTIFICATES = new Certificates();
    static final Authenticator ANONYMOUS = new Anonymous();

    private Authenticators() {}

    /** Accepts verified certificates. Stateless. */
    private static final class Certificates implements Authenticator {
        @Override
        public Set<Class<? extends Credentials>> accepts() {
            return Set.of(Credentials.Certificate.class);
        }

        @Override
        public @Nullable Principal authenticate(Credentials credentials) {
            return credentials instanceof Credentials.Certificate given
                    ? given.chain().getFirst().getSubjectX500Principal()
                    : null;
        }
    }

    /** Accepts callers without credentials. Stateless. */
    private static final class Anonymous implements Authenticator {
        @Override
        public Set<Class<? extends Credentials>> accepts() {
            return Set.of(Credentials.None.class);
        }

        @Override
        public @Nullable Principal authenticate(Credentials credentials) {
            return credentials instanceof Credentials.None ? User.ANONYMOUS : null;
        }
    }

    /** Accepts one password. Immutable. */
    static final class OnePassword implements Authenticator {
        private final User user;
        private final byte[] expected;

        OnePassword(String user, String password) {
            this.user = new User(user);
            this.expected = joined(user, password);
        }

        /** Both at once, so that the duration does not tell which of them is wrong. */
        private static byte[] joined(String user, String password) {
            return (user.length() + ":" + user + password).getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Set<Class<? extends Credentials>> accepts() {
            return Set.of(Credentials.Password.class);
        }

        @Override
        public @Nullable Principal authenticate(Credentials credentials) {
            return credentials instanceof Credentials.Password given
                            && MessageDigest.isEqual(expected, joined(given.user(), given.password()))
                    ? user
                    : null;
        }
    }

    /** Two authenticators. Thread-safe as they are. */
    record Either(Authenticator first, Authenticator second) implements Authenticator {
        @Override
        public Set<Class<? extends Credentials>> accepts() {
            Set<Class<? extends Credentials>> kinds = new HashSet<>(first.accepts());
            kinds.addAll(second.accepts());
            return Set.copyOf(kinds);
        }

        @Override
        public @Nullable Principal authenticate(Credentials credentials) {
            Class<? extends Credentials> kind = credentials.getClass();
            Principal caller = first.accepts().contains(kind) ? first.authenticate(credentials) : null;
            return caller == null && second.accepts().contains(kind) ? second.authenticate(credentials) : caller;
        }

        @Override
        public void reload() {
            first.reload();
            second.reload();
        }
    }
}
