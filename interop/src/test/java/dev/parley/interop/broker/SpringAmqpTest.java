package dev.parley.interop.broker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.parley.broker.EmbeddedBroker;
import dev.parley.interop.OnRabbitMq;
import dev.parley.interop.RabbitMq;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.QueueInformation;
import org.springframework.amqp.core.ReturnedMessage;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.adapter.MessageListenerAdapter;

/**
 * What applications do with Spring AMQP ends alike on the embedded broker and on RabbitMQ. Its own tests are not
 * published, so these are ours.
 */
@OnRabbitMq
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SpringAmqpTest {
    private static final String PREFIX = "spring-";

    private final EmbeddedBroker embedded = EmbeddedBroker.builder().start();
    private String rabbitMqAddress = "";

    @BeforeAll
    void remember(RabbitMq rabbitMq) {
        rabbitMqAddress = rabbitMq.amqpUrl();
    }

    @AfterAll
    void end() {
        embedded.close();
    }

    /** One use of the library: what it saw, which must be the same on both brokers, and no exception. */
    enum Use {
        ADMIN {
            @Override
            Object on(Session spring) {
                TopicExchange exchange = new TopicExchange(PREFIX + "exchange", false, true);
                Queue queue =
                        spring.queue(QueueBuilder.durable(PREFIX + "admin").maxLength(5L));
                spring.admin.declareExchange(exchange);
                spring.admin.declareBinding(
                        BindingBuilder.bind(queue).to(exchange).with("a.#"));
                for (int i = 0; i < 7; i++) {
                    spring.template.convertAndSend(exchange.getName(), "a." + i, i);
                }
                QueueInformation information = spring.awaitMessages(queue, 5);
                Object first = spring.template.receiveAndConvert(queue.getName());
                return List.of(
                        information.getMessageCount(),
                        String.valueOf(first),
                        spring.admin.purgeQueue(queue.getName()),
                        spring.admin.deleteExchange(exchange.getName()),
                        String.valueOf(spring.admin.getQueueInfo(PREFIX + "nowhere")));
            }
        },
        INEQUIVALENT {
            @Override
            Object on(Session spring) {
                spring.queue(QueueBuilder.durable(PREFIX + "inequivalent"));
                try {
                    return "" + spring.admin.declareQueue(new Queue(PREFIX + "inequivalent", false));
                } catch (AmqpException e) {
                    return String.valueOf(e.getCause().getCause());
                }
            }
        },
        SIMPLE_CONTAINER {
            @Override
            Object on(Session spring) throws Exception {
                SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(spring.factory);
                container.setConcurrentConsumers(3);
                container.setPrefetchCount(4);
                return spring.consumed(container, PREFIX + "simple");
            }
        },
        DIRECT_CONTAINER {
            @Override
            Object on(Session spring) throws Exception {
                DirectMessageListenerContainer container = new DirectMessageListenerContainer(spring.factory);
                container.setConsumersPerQueue(2);
                container.setPrefetchCount(4);
                return spring.consumed(container, PREFIX + "direct");
            }
        },
        DIRECT_REPLY_TO {
            @Override
            Object on(Session spring) {
                Queue queue = spring.queue(QueueBuilder.durable(PREFIX + "rpc"));
                spring.listen(queue, new MessageListenerAdapter(new Doubler(), "twice"));
                List<Object> replies = new ArrayList<>();
                for (int i = 0; i < 5; i++) {
                    replies.add(spring.template.convertSendAndReceive("", queue.getName(), i));
                }
                return replies;
            }
        },
        REPLY_QUEUE {
            @Override
            Object on(Session spring) {
                Queue queue = spring.queue(QueueBuilder.durable(PREFIX + "rpc-fixed"));
                Queue replies = spring.queue(QueueBuilder.durable(PREFIX + "replies"));
                spring.listen(queue, new MessageListenerAdapter(new Doubler(), "twice"));
                RabbitTemplate template = new RabbitTemplate(spring.factory);
                template.setReplyTimeout(20_000);
                template.setReplyAddress(replies.getName());
                spring.listen(replies, template);
                return List.of(String.valueOf(template.convertSendAndReceive("", queue.getName(), 21)));
            }
        },
        CONFIRMS_AND_RETURNS {
            @Override
            Object on(Session spring) throws Exception {
                Queue queue = spring.queue(QueueBuilder.durable(PREFIX + "confirms"));
                List<String> outcomes = new ArrayList<>();
                for (String key : List.of(queue.getName(), PREFIX + "nobody")) {
                    CorrelationData sent = new CorrelationData(key);
                    spring.template.convertAndSend("", key, (Object) "x", sent);
                    boolean ack = sent.getFuture().get(30, TimeUnit.SECONDS).ack();
                    ReturnedMessage returned = sent.getReturned();
                    outcomes.add(key + " " + ack
                            + (returned == null
                                    ? ""
                                    : " " + returned.getReplyCode() + " " + returned.getReplyText() + " "
                                            + returned.getRoutingKey()));
                }
                CorrelationData lost = new CorrelationData("lost");
                spring.template.convertAndSend(PREFIX + "no-exchange", "", (Object) "x", lost);
                var confirm = lost.getFuture().get(30, TimeUnit.SECONDS);
                // Spring's reason is the broker's or its own, whichever thread is first.
                outcomes.add("lost " + confirm.ack());
                return outcomes;
            }
        },
        DEAD_LETTERS {
            @Override
            Object on(Session spring) {
                Queue dead = spring.queue(QueueBuilder.durable(PREFIX + "dead"));
                Queue queue = spring.queue(QueueBuilder.durable(PREFIX + "failing")
                        .deadLetterExchange("")
                        .deadLetterRoutingKey(dead.getName()));
                spring.listen(queue, (MessageListener) message -> {
                    throw new AmqpRejectAndDontRequeueException("bad");
                });
                spring.template.convertAndSend(queue.getName(), "poison");
                Message message = spring.receive(dead);
                Map<?, ?> death =
                        message.getMessageProperties().getXDeathHeader().getFirst();
                return List.of(
                        new String(message.getBody(), StandardCharsets.UTF_8),
                        death.get("reason"),
                        death.get("count"),
                        death.get("queue"));
            }
        },
        DELIVERY_LIMIT {
            @Override
            Object on(Session spring) {
                Queue dead = spring.queue(QueueBuilder.durable(PREFIX + "dead-quorum"));
                Queue queue = spring.queue(QueueBuilder.durable(PREFIX + "quorum")
                        .quorum()
                        .deliveryLimit(2)
                        .deadLetterExchange("")
                        .deadLetterRoutingKey(dead.getName()));
                AtomicInteger deliveries = new AtomicInteger();
                spring.listen(queue, (MessageListener) message -> {
                    deliveries.incrementAndGet();
                    throw new IllegalStateException("again");
                });
                spring.template.convertAndSend(queue.getName(), "poison");
                Message message = spring.receive(dead);
                Map<?, ?> death =
                        message.getMessageProperties().getXDeathHeader().getFirst();
                return List.of(deliveries.get(), death.get("reason"));
            }
        },
        TRANSACTIONS {
            @Override
            Object on(Session spring) {
                Queue queue = spring.queue(QueueBuilder.durable(PREFIX + "transactions"));
                CachingConnectionFactory plain = spring.connections(false);
                try {
                    RabbitTemplate template = new RabbitTemplate(plain);
                    template.setChannelTransacted(true);
                    template.execute(channel -> {
                        channel.txSelect();
                        channel.basicPublish("", queue.getName(), null, new byte[] {1});
                        channel.txRollback();
                        channel.basicPublish("", queue.getName(), null, new byte[] {2});
                        channel.txCommit();
                        return null;
                    });
                    return List.of(
                            spring.receive(queue).getBody()[0], String.valueOf(template.receive(queue.getName())));
                } finally {
                    plain.destroy();
                }
            }
        },
        QUEUE_COMES_BACK {
            @Override
            Object on(Session spring) throws Exception {
                Queue queue = spring.queue(QueueBuilder.durable(PREFIX + "back"));
                CountDownLatch first = new CountDownLatch(1);
                CountDownLatch second = new CountDownLatch(2);
                SimpleMessageListenerContainer container = new SimpleMessageListenerContainer(spring.factory);
                container.setMissingQueuesFatal(false);
                container.setRecoveryInterval(200);
                container.setFailedDeclarationRetryInterval(200);
                spring.start(container, queue, (MessageListener) message -> {
                    first.countDown();
                    second.countDown();
                });
                spring.template.convertAndSend(queue.getName(), "1");
                boolean before = first.await(30, TimeUnit.SECONDS);
                spring.admin.deleteQueue(queue.getName());
                spring.admin.declareQueue(queue);
                spring.template.convertAndSend(queue.getName(), "2");
                return List.of(before, second.await(30, TimeUnit.SECONDS));
            }
        },
        PRIORITY {
            @Override
            Object on(Session spring) {
                Queue queue =
                        spring.queue(QueueBuilder.durable(PREFIX + "priority").maxPriority(9));
                for (int priority : new int[] {1, 9, 5, 3}) {
                    spring.template.send(
                            queue.getName(),
                            MessageBuilder.withBody(new byte[] {(byte) priority})
                                    .setPriority(priority)
                                    .build());
                }
                spring.awaitMessages(queue, 4);
                List<Byte> order = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    order.add(spring.receive(queue).getBody()[0]);
                }
                return order;
            }
        };

        abstract Object on(Session spring) throws Exception;
    }

    @ParameterizedTest
    @EnumSource
    void endsAlike(Use use) throws Exception {
        Object onRabbitMq = run(use, rabbitMqAddress);
        assertThat(run(use, embedded.amqpUri())).isEqualTo(onRabbitMq);
    }

    private static Object run(Use use, String address) throws Exception {
        try (Session session = new Session(address)) {
            return use.on(session);
        }
    }

    /** The method that the adapter of a listener calls. */
    public static final class Doubler {
        public int twice(int value) {
            return 2 * value;
        }
    }

    /** Spring's connections to one broker, and what was declared and started with them. */
    static final class Session implements AutoCloseable {
        private final int port;
        private final CachingConnectionFactory factory;
        private final RabbitAdmin admin;
        private final RabbitTemplate template;
        private final List<AbstractMessageListenerContainer> containers = new ArrayList<>();
        private final List<String> queues = new ArrayList<>();

        Session(String address) {
            port = URI.create(address).getPort();
            factory = connections(true);
            admin = new RabbitAdmin(factory);
            template = new RabbitTemplate(factory);
            template.setMandatory(true);
            template.setReplyTimeout(20_000);
        }

        CachingConnectionFactory connections(boolean confirms) {
            CachingConnectionFactory made = new CachingConnectionFactory("127.0.0.1", port);
            if (confirms) {
                made.setPublisherConfirmType(CachingConnectionFactory.ConfirmType.CORRELATED);
                made.setPublisherReturns(true);
            }
            return made;
        }

        Queue queue(QueueBuilder builder) {
            Queue queue = builder.build();
            admin.deleteQueue(queue.getName());
            admin.declareQueue(queue);
            queues.add(queue.getName());
            return queue;
        }

        void listen(Queue queue, MessageListener listener) {
            start(new SimpleMessageListenerContainer(factory), queue, listener);
        }

        void start(AbstractMessageListenerContainer container, Queue queue, MessageListener listener) {
            container.setQueueNames(queue.getName());
            container.setMessageListener(listener);
            container.setShutdownTimeout(Duration.ofSeconds(10).toMillis());
            container.afterPropertiesSet();
            containers.add(container);
            container.start();
        }

        /** The messages that a container took of a hundred, and what it left. */
        Object consumed(AbstractMessageListenerContainer container, String name) throws Exception {
            Queue queue = queue(QueueBuilder.durable(name));
            List<String> bodies = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch all = new CountDownLatch(100);
            start(container, queue, message -> {
                bodies.add(new String(message.getBody(), StandardCharsets.UTF_8));
                all.countDown();
            });
            for (int i = 0; i < 100; i++) {
                template.convertAndSend(queue.getName(), "message " + i);
            }
            boolean came = all.await(30, TimeUnit.SECONDS);
            container.stop();
            return List.of(
                    came,
                    bodies.size(),
                    new TreeSet<>(bodies),
                    awaitMessages(queue, 0).getMessageCount());
        }

        QueueInformation awaitMessages(Queue queue, int count) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            QueueInformation information;
            do {
                information = admin.getQueueInfo(queue.getName());
            } while (information.getMessageCount() != count && System.nanoTime() < end);
            return information;
        }

        Message receive(Queue queue) {
            Message message = template.receive(queue.getName(), 30_000);
            assertThat(message).as("message of %s", queue.getName()).isNotNull();
            return message;
        }

        @Override
        public void close() {
            containers.forEach(AbstractMessageListenerContainer::stop);
            template.destroy(); // It watches the consumer of its replies for good.
            queues.forEach(admin::deleteQueue);
            factory.destroy();
        }
    }
}
