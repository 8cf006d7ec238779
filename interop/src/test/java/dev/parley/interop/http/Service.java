package dev.parley.interop.http;

import dev.parley.Doc;
import dev.parley.Expose;
import dev.parley.RpcContext;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** What the tests of servers over HTTP serve. */
public final class Service {
    final CountDownLatch waiting = new CountDownLatch(1);
    final CountDownLatch released = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);

    @Doc("Adds <two> & \"integers\".")
    public int add(int a, int b) {
        return a + b;
    }

    public String greet(String name, Optional<String> greeting) {
        return greeting.orElse("hello") + " " + name;
    }

    public Object echo(Object value) {
        return value;
    }

    public String who(RpcContext context) {
        String user = context.principal() == null ? "-" : context.principal().getName();
        return user + " " + context.wire() + " " + context.metadata().get("x-shop");
    }

    public String fail(String message) {
        throw new IllegalArgumentException(message);
    }

    @Expose("wait")
    public String pause() throws InterruptedException {
        waiting.countDown();
        try {
            return released.await(60, TimeUnit.SECONDS) ? "released" : "late";
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }
}
