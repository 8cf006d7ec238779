/**
 * Notifications over Apache Kafka, in the topics and the format of oslo.messaging's driver {@code kafka}.
 *
 * <p>{@code KafkaNotifications} is what the notifier and the listener find by the scheme of an address. A
 * {@code KafkaPublisher} publishes with an {@code OrderedProducer}, whose thread owns Kafka's producer and keeps the
 * order and the deadlines. A {@code KafkaSubscriber} runs a {@code ConsumerLoop}, whose thread owns Kafka's consumer;
 * for each partition an {@code AssignedPartition} knows what is delivered, settled, and may be committed.
 */
@NullMarked
package dev.parley.kafka;

import org.jspecify.annotations.NullMarked;
