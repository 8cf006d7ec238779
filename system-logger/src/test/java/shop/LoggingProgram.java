package shop;

import dev.parley.oslo.notify.Notifier;
import dev.parley.systemlogger.NotifyingLoggerFinder;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.text.MessageFormat;
import java.util.Arrays;
import java.util.List;
import java.util.ListResourceBundle;
import java.util.Map;
import java.util.ResourceBundle;
import java.util.concurrent.CountDownLatch;
import tools.jackson.databind.json.JsonMapper;

/** A program that logs; what its notifier gets is a line of JSON on its standard output. */
@SuppressWarnings("try") // What ends publishing is never referenced.
public final class LoggingProgram {
    private LoggingProgram() {}

    public static void main(String[] args) throws Exception {
        System.Logger early = System.getLogger("shop.Early");
        switch (args[0]) {
            case "records" -> {
                early.log(Level.ERROR, "nobody listens yet");
                try (NotifyingLoggerFinder.Publication publishing =
                        NotifyingLoggerFinder.publishTo(printing(), Level.INFO)) {
                    records(early);
                }
                early.log(Level.ERROR, "nobody listens any more");
            }
            case "loop" -> {
                try (NotifyingLoggerFinder.Publication publishing =
                        NotifyingLoggerFinder.publishTo(logging(), Level.ALL)) {
                    early.log(Level.ERROR, "one");
                    System.getLogger("dev.parley.oslo.Anything").log(Level.ERROR, "own");
                    System.getLogger("com.rabbitmq.client.Anything").log(Level.ERROR, "client's");
                    System.getLogger("javax.net.ssl").log(Level.ERROR, "TLS's");
                    early.log(Level.ERROR, "two");
                }
            }
            case "blocked" -> {
                CountDownLatch released = new CountDownLatch(1);
                NotifyingLoggerFinder.Publication publishing =
                        NotifyingLoggerFinder.publishTo(blocked(released), Level.ALL);
                for (int i = 0; i < 5_000; i++) {
                    early.log(Level.INFO, "record {0}", i);
                }
                System.out.println("logged 5000");
                released.countDown();
                publishing.close();
            }
            case "plain" -> {
                early.log(Level.ERROR, "plain {0}", "record");
                System.getLogger("shop.Finest").log(Level.DEBUG, "not shown");
            }
            default -> throw new IllegalArgumentException(Arrays.toString(args));
        }
        System.out.println("end");
    }

    private static void records(System.Logger early) {
        early.log(Level.ERROR, "lost", new IllegalStateException("no stock"));
        System.Logger log = System.getLogger("shop.Orders");
        log.log(Level.WARNING, "order {0} of {1}", 17, "Ann");
        log.log(Level.INFO, () -> "supplied");
        log.log(Level.DEBUG, "below the level");
        ResourceBundle texts = new ListResourceBundle() {
            @Override
            protected Object[][] getContents() {
                return new Object[][] {{"key", "text with {0}"}};
            }
        };
        System.getLogger("shop.Bundle", texts).log(Level.INFO, "key", "bundle");
        log.log(Level.INFO, "broken {format", 1);
        log.log(Level.ERROR, "{0}", new Object() {
            @Override
            public String toString() {
                throw new IllegalStateException("cannot be shown");
            }
        });
        log.log(Level.INFO, (String) null);
    }

    private static Notifier printing() {
        JsonMapper json = new JsonMapper();
        return notifier(payload -> System.out.println(json.writeValueAsString(payload)));
    }

    private static Notifier logging() {
        System.Logger log = System.getLogger("shop.Driver");
        Notifier printing = printing();
        return notifier(payload -> {
            log.log(Level.ERROR, "sending");
            printing.info("x", payload.get(2));
        });
    }

    private static Notifier blocked(CountDownLatch released) {
        return notifier(payload -> released.await());
    }

    /** What a notifier does with its arguments. */
    private interface Send {
        void send(List<Object> arguments) throws Exception;
    }

    private static Notifier notifier(Send send) {
        return (Notifier) Proxy.newProxyInstance(
                LoggingProgram.class.getClassLoader(), new Class<?>[] {Notifier.class}, (self, method, arguments) -> {
                    if (method.isDefault()) {
                        return InvocationHandler.invokeDefault(self, method, arguments);
                    }
                    if (method.getName().equals("send")) {
                        send.send(Arrays.asList(arguments));
                    }
                    return null;
                });
    }

    /** Another finder on the path, which prints. */
    public static final class OtherFinder extends System.LoggerFinder {
        @Override
        public System.Logger getLogger(String name, Module module) {
            return new System.Logger() {
                @Override
                public String getName() {
                    return name;
                }

                @Override
                public boolean isLoggable(Level level) {
                    return level == Level.ERROR;
                }

                @Override
                public void log(Level level, ResourceBundle bundle, String message, Throwable error) {
                    if (isLoggable(level)) {
                        System.out.println("other " + Map.of(name, message));
                    }
                }

                @Override
                public void log(Level level, ResourceBundle bundle, String format, Object... arguments) {
                    log(level, bundle, MessageFormat.format(format, arguments), (Throwable) null);
                }
            };
        }
    }
}
