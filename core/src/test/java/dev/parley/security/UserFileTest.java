package dev.parley.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.parley.InvalidTargetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class UserFileTest {
    /** Made by Python's hashlib in the form of passlib, with the passwords wonderland and builder. */
    private static final String BY_PYTHON = "alice:$pbkdf2-sha256$1000$MDEyMzQ1Njc4OWFiY2RlZg$"
            + "b0FaKDULMkLlg4NThBeBNEp1S6xlfQTtaZwup0NyE5Q\n"
            + "bob:$pbkdf2-sha512$1000$MDEyMzQ1Njc4OWFiY2RlZg$"
            + "yNlw6JxAh73wU7Vao1ZtrzqJT8rKhTMool2/oUCMZM60OXC3seTa.ojEbuemcghKavqwKLq/0f5C2llhm43nVg\n";

    @TempDir
    Path folder;

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("users"), content);
    }

    private static boolean accepts(Authenticator users, String user, String password) {
        return users.authenticate(new Credentials.Password(user, password)) != null;
    }

    @Test
    void readsHashesOfOthers() throws IOException {
        UserFile users = UserFile.of(file(BY_PYTHON));
        assertThat(users.authenticate(new Credentials.Password("alice", "wonderland")))
                .isEqualTo(new User("alice"));
        assertThat(accepts(users, "bob", "builder")).isTrue();
        assertThat(accepts(users, "alice", "builder")).isFalse();
        assertThat(accepts(users, "bob", "")).isFalse();
        assertThat(accepts(users, "carol", "wonderland")).isFalse();
        assertThat(accepts(users, "carol", "")).isFalse();
    }

    @Test
    void readsItsOwnEntries() throws IOException {
        String entry = UserFile.entry("zoë", "p: ä$ß");
        assertThat(entry).startsWith("zoë:$pbkdf2-sha256$600000$").doesNotContain("p: ä");
        assertThat(UserFile.entry("zoë", "p: ä$ß", 1000)).isNotEqualTo(UserFile.entry("zoë", "p: ä$ß", 1000));
        UserFile users = UserFile.of(file("# users\n\n" + entry + "\r\n"));
        assertThat(accepts(users, "zoë", "p: ä$ß")).isTrue();
        assertThat(accepts(users, "zoë", "p: ä$s")).isFalse();
    }

    @Test
    void readsAnewOnlyWhatIsRight() throws IOException {
        UserFile users = UserFile.of(file(BY_PYTHON));
        file("alice:secret\n");
        assertThatThrownBy(users::reload).isInstanceOf(InvalidTargetException.class);
        assertThat(accepts(users, "alice", "wonderland")).isTrue();
        file(UserFile.entry("bob", "wonderland", 1000));
        users.reload();
        assertThat(accepts(users, "alice", "wonderland")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "alice:secret | the password is not hashed",
                "alice:$2y$05$bvIG6Nmid91Mu9RcmmWZfO5HJIMCT8riNW0hEp8f6/FuA2/mHZFpe | bcrypt is not supported",
                "alice:{SHA}secretsecret= | this kind of hash is not supported",
                "alice:$pbkdf2-sha256$0$MDEy$c2VjcmV0c2VjcmV0c2VjcmV0 | rounds must be from 1",
                "alice:$pbkdf2-sha256$999999999$MDEy$c2VjcmV0c2VjcmV0c2VjcmV0 | rounds must be from 1",
                "alice:$pbkdf2-sha256$10$MDEy$c2VjcmV0 | the hash is too short",
                "secret | a line is NAME:VALUE",
                ":secret | a line is NAME:VALUE",
            })
    void refusesWhatIsNoHash(String line, String problem) throws IOException {
        Path file = file("# first\n" + line + "\n");
        assertThatThrownBy(() -> UserFile.of(file))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageStartingWith("line 2 of " + file)
                .hasMessageContaining(problem)
                .hasMessageNotContainingAny("secret", "c2Vj", "bvIG6");
    }

    @Test
    void refusesWhatCannotBeRead() throws IOException {
        assertThatThrownBy(() -> UserFile.of(folder.resolve("none")))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("none cannot be read");
        String line = UserFile.entry("a", "b", 10);
        Path twice = file(line + "\n" + line);
        assertThatThrownBy(() -> UserFile.of(twice)).hasMessageContaining("the user a has a line already");
        assertThatThrownBy(() -> UserFile.entry("a:b", "c")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tokensAreHashed() throws IOException {
        String token = TokenFile.newToken();
        String entry = TokenFile.entry("robot", token);
        assertThat(entry).doesNotContain(token);
        TokenFile tokens = TokenFile.of(file(entry + "\n" + TokenFile.entry("robot", "other") + "\n"));
        assertThat(tokens.authenticate(new Credentials.Token(token))).isEqualTo(new User("robot"));
        assertThat(tokens.authenticate(new Credentials.Token("other"))).isEqualTo(new User("robot"));
        assertThat(tokens.authenticate(new Credentials.Token(token + "x"))).isNull();
        Path plain = file("robot:" + token);
        assertThatThrownBy(() -> TokenFile.of(plain))
                .isInstanceOf(InvalidTargetException.class)
                .hasMessageContaining("line 1 of")
                .hasMessageContaining("the token is not hashed")
                .hasMessageNotContaining(token);
    }

    @ParameterizedTest
    @CsvSource({
        "alice,    anything,    true",
        "bob,      get.,        true",
        "bob,      get.all,     true",
        "bob,      forget.all,  false",
        "bob,      store.save,  true",
        "bob,      store.saves, false",
        "bob,      a.b.c,       true",
        "bob,      a.c,         false",
        "bob,      aa.b.b.cc,   true",
        "CN=b:c,   one,         true",
        "carol,    ping,        true",
        "carol,    pings,       false",
        "'',       ping,        true",
        "'',       peek,        true",
        "carol,    peek,        false",
    })
    void permitsWhatTheFileSays(String name, String method, boolean permitted) throws IOException {
        AllowFile access = AllowFile.of(file("""
                # rules
                *: ping
                alice: *
                bob: get.*, store.save
                bob: a*.b.*c
                CN=b:c: one
                anonymous: peek
                """));
        assertThat(access.permits(name.isEmpty() ? null : new User(name), method))
                .isEqualTo(permitted);
    }

    @Test
    void longNamesAreMatchedInLinearTime() throws IOException {
        AllowFile access = AllowFile.of(file("*: *a*a*a*a*a*a*a*b\n"));
        assertThat(access.permits(null, "a".repeat(1_000_000))).isFalse();
        assertThat(access.permits(null, "a".repeat(1_000_000) + "b")).isTrue();
    }

    @Test
    void refusesRulesWithoutMethods() throws IOException {
        Path file = file("alice:\n");
        assertThatThrownBy(() -> AllowFile.of(file)).hasMessageContaining("the line permits nothing");
    }
}
