package dev.parley.oslo.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.parley.oslo.RequestContext;
import dev.parley.oslo.Transport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.PropertyNamingStrategies;

/** The shapes that Nova's and Keystone's documentation describe, as records. */
@SuppressWarnings({"try", "UnusedMethod"}) // The listeners are never referenced; methods are called by name.
class OpenStackNotificationsTest {
    private final String name = UUID.randomUUID().toString();
    private final PublishedNotifications publisher = PublishedNotifications.toMemory(name);

    /** An object of oslo.versionedobjects. */
    record Versioned<T>(
            @JsonProperty("nova_object.name") String name,
            @JsonProperty("nova_object.namespace") String namespace,
            @JsonProperty("nova_object.version") String version,
            @JsonProperty("nova_object.data") T data) {}

    record InstanceActionPayload(
            UUID uuid,
            String tenantId,
            String state,
            @Nullable String taskState,
            OffsetDateTime createdAt,
            @Nullable OffsetDateTime terminatedAt,
            Map<String, String> metadata,
            Versioned<FlavorPayload> flavor,
            List<Versioned<IpPayload>> ipAddresses,
            @Nullable Versioned<ExceptionPayload> fault) {}

    record FlavorPayload(String name, int vcpus, int memoryMb, double rxtxFactor, Map<String, String> extraSpecs) {}

    record IpPayload(String address, int version, boolean isPrimary) {}

    record ExceptionPayload(String exception, String exceptionMessage, String functionName) {}

    /** Versioned notifications of instances. */
    public static class Instances {
        final BlockingQueue<Notification<Versioned<InstanceActionPayload>>> seen = new LinkedBlockingQueue<>();

        public void info(Notification<Versioned<InstanceActionPayload>> notification) {
            seen.add(notification);
        }

        public void error(Notification<Versioned<InstanceActionPayload>> notification) {
            seen.add(notification);
        }
    }

    private static final String NOVA = """
            {
              "event_type": "instance.create.end",
              "message_id": "8b2f0f6c-7d5a-4a0f-8f59-0d0f8b3a2d11",
              "priority": "INFO",
              "publisher_id": "nova-compute:compute-7",
              "timestamp": "2026-03-04 05:06:07.123456",
              "_unique_id": "9f1c5a1e8f3b4d0f9c2f4b6a7d8e9f00",
              "_context_request_id": "req-1b7f6a52-3f0b-4f07-9d2b-6a4f3f6f5f55",
              "_context_user_id": "u-17", "_context_user": "u-17",
              "_context_project_id": "p-42", "_context_tenant": "p-42",
              "_context_roles": ["member", "reader"],
              "_context_is_admin": false,
              "payload": {
                "nova_object.name": "InstanceCreatePayload",
                "nova_object.namespace": "nova",
                "nova_object.version": "1.12",
                "nova_object.data": {
                  "uuid": "0f9a4f0e-2f0d-4d4e-9f53-1f9d0e6e7a11",
                  "tenant_id": "p-42",
                  "user_id": "u-17",
                  "display_name": "web-1",
                  "state": "active",
                  "task_state": null,
                  "power_state": "running",
                  "created_at": "2026-03-04T05:05:59Z",
                  "launched_at": "2026-03-04T05:06:06Z",
                  "terminated_at": null,
                  "metadata": {"tier": "web"},
                  "flavor": {
                    "nova_object.name": "FlavorPayload",
                    "nova_object.namespace": "nova",
                    "nova_object.version": "1.4",
                    "nova_object.data": {
                      "name": "m1.small", "vcpus": 2, "memory_mb": 2048, "root_gb": 20, "rxtx_factor": 1.0,
                      "extra_specs": {"hw:watchdog_action": "disabled"}, "disabled": false
                    }
                  },
                  "ip_addresses": [{
                    "nova_object.name": "IpPayload",
                    "nova_object.namespace": "nova",
                    "nova_object.version": "1.0",
                    "nova_object.data": {
                      "address": "192.0.2.15", "version": 4, "mac": "fa:16:3e:00:00:01", "port_uuid": null,
                      "label": "private", "meta": {}, "device_name": "tap1", "is_primary": true
                    }
                  }],
                  "fault": %s,
                  "tags": [], "instance_name": "instance-00000001"
                }
              }
            }""";

    @Test
    void versionedNotificationsOfNova() throws Exception {
        Instances endpoint = new Instances();
        try (NotificationListener listener = NotificationListener.builder("memory://" + name)
                .topics("versioned_notifications")
                .mapper(mapper -> mapper.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE))
                .endpoint(endpoint)
                .build()
                .start()) {
            publisher.raw("openstack", "versioned_notifications.info", NOVA.formatted("null"));
            Notification<Versioned<InstanceActionPayload>> got = ReceiveBehaviour.next(endpoint.seen);
            assertThat(got.eventType()).isEqualTo("instance.create.end");
            assertThat(got.publisherId()).isEqualTo("nova-compute:compute-7");
            assertThat(got.timestamp()).isEqualTo(Instant.parse("2026-03-04T05:06:07.123456Z"));
            assertThat(got.context())
                    .containsEntry("project_id", "p-42")
                    .containsEntry("roles", List.of("member", "reader"))
                    .containsEntry("is_admin", false);
            assertThat(got.payload().name()).isEqualTo("InstanceCreatePayload");
            assertThat(got.payload().version()).isEqualTo("1.12");
            InstanceActionPayload instance = got.payload().data();
            assertThat(instance.uuid()).isEqualTo(UUID.fromString("0f9a4f0e-2f0d-4d4e-9f53-1f9d0e6e7a11"));
            assertThat(instance.createdAt()).isEqualTo(OffsetDateTime.parse("2026-03-04T05:05:59Z"));
            assertThat(instance.terminatedAt()).isNull();
            assertThat(instance.metadata()).containsExactly(Map.entry("tier", "web"));
            assertThat(instance.flavor().data())
                    .isEqualTo(new FlavorPayload("m1.small", 2, 2048, 1.0, Map.of("hw:watchdog_action", "disabled")));
            assertThat(instance.ipAddresses())
                    .extracting(Versioned::data)
                    .containsExactly(new IpPayload("192.0.2.15", 4, true));
            assertThat(instance.fault()).isNull();

            String fault = """
                    {"nova_object.name": "ExceptionPayload", "nova_object.namespace": "nova",
                     "nova_object.version": "1.1",
                     "nova_object.data": {"exception": "FlavorDiskTooSmall", "exception_message": "The disk is small.",
                       "function_name": "_build_resources", "module_name": "nova.compute.manager",
                       "traceback": "Traceback (most recent call last):\\n  ..."}}""";
            publisher.raw(
                    "openstack",
                    "versioned_notifications.error",
                    NOVA.formatted(fault).replace("INFO", "ERROR").replace("create.end", "create.error"));
            Versioned<ExceptionPayload> failed =
                    ReceiveBehaviour.next(endpoint.seen).payload().data().fault();
            assertThat(failed).isNotNull();
            assertThat(failed.data())
                    .isEqualTo(new ExceptionPayload("FlavorDiskTooSmall", "The disk is small.", "_build_resources"));
        }
    }

    /** An event of the Cloud Auditing Data Federation. */
    record CadfEvent(
            String typeURI,
            String id,
            OffsetDateTime eventTime,
            String eventType,
            String action,
            String outcome,
            CadfResource initiator,
            CadfResource target,
            CadfResource observer,
            @JsonProperty("resource_info") @Nullable String resourceInfo) {}

    record CadfResource(
            String id,
            String typeURI,
            @Nullable Host host,
            @JsonProperty("user_id") @Nullable String userId,
            @JsonProperty("project_id") @Nullable String projectId) {}

    record Host(String agent, String address) {}

    /** The audit trail of Keystone, in Python's form. */
    @FilterRule(publisherId = "identity\\.", eventType = "identity\\.")
    public static class Audit {
        final BlockingQueue<CadfEvent> seen = new LinkedBlockingQueue<>();
        final BlockingQueue<RequestContext> contexts = new LinkedBlockingQueue<>();

        public void info(
                RequestContext context,
                String publisherId,
                String eventType,
                CadfEvent payload,
                Map<String, Object> metadata) {
            assertThat(publisherId).isEqualTo("identity.keystone-1");
            assertThat(metadata).containsKeys("message_id", "timestamp");
            assertThat(eventType).startsWith("identity.");
            contexts.add(context);
            seen.add(payload);
        }
    }

    @Test
    void auditEventsOfKeystone() throws Exception {
        Audit endpoint = new Audit();
        try (NotificationListener listener = NotificationListener.builder("memory://" + name)
                .topics("notifications")
                .endpoint(endpoint)
                .build()
                .start()) {
            publisher.raw("openstack", "notifications.info", """
                    {
                      "event_type": "identity.authenticate",
                      "message_id": "5b6d4c1c-98b4-4f3e-8d59-6b3cf0e8a001",
                      "priority": "INFO",
                      "publisher_id": "identity.keystone-1",
                      "timestamp": "2026-03-04 05:06:07.123456",
                      "_context_user_id": "u-17", "_context_request_id": "req-77",
                      "payload": {
                        "typeURI": "http://schemas.dmtf.org/cloud/audit/1.0/event",
                        "id": "openstack:1c2cc38d-3146-5ea1-ab54-8a0f10c7e64d",
                        "eventTime": "2026-03-04T05:06:07.110000+0000",
                        "eventType": "activity",
                        "action": "authenticate",
                        "outcome": "success",
                        "initiator": {
                          "typeURI": "service/security/account/user",
                          "id": "u-17", "user_id": "u-17", "project_id": "p-42",
                          "host": {"agent": "python-keystoneclient", "address": "198.51.100.7"}
                        },
                        "target": {"typeURI": "service/security/account/user", "id": "u-17"},
                        "observer": {"typeURI": "service/security", "id": "openstack:keystone"}
                      }
                    }""");
            publisher.raw("openstack", "notifications.info", """
                    {
                      "event_type": "identity.project.created", "priority": "INFO",
                      "message_id": "5b6d4c1c-98b4-4f3e-8d59-6b3cf0e8a002",
                      "publisher_id": "identity.keystone-1",
                      "timestamp": "2026-03-04T05:06:08.000001",
                      "payload": {
                        "typeURI": "http://schemas.dmtf.org/cloud/audit/1.0/event",
                        "id": "8f4a2c6e", "eventTime": "2026-03-04T05:06:08.000000+0000",
                        "eventType": "activity", "action": "created.project", "outcome": "success",
                        "resource_info": "p-43",
                        "initiator": {"typeURI": "service/security/account/user", "id": "admin"},
                        "target": {"typeURI": "data/security/project", "id": "p-43"},
                        "observer": {"typeURI": "service/security", "id": "openstack:keystone"}
                      }
                    }""");
            CadfEvent login = ReceiveBehaviour.next(endpoint.seen);
            assertThat(login.action()).isEqualTo("authenticate");
            assertThat(login.eventTime().toInstant()).isEqualTo(Instant.parse("2026-03-04T05:06:07.110Z"));
            assertThat(login.initiator().host()).isEqualTo(new Host("python-keystoneclient", "198.51.100.7"));
            assertThat(login.initiator().projectId()).isEqualTo("p-42");
            assertThat(login.observer().typeURI()).isEqualTo("service/security");
            RequestContext context = ReceiveBehaviour.next(endpoint.contexts);
            assertThat(context.requestId()).isEqualTo("req-77");
            assertThat(context.userId()).isEqualTo("u-17");
            CadfEvent created = ReceiveBehaviour.next(endpoint.seen);
            assertThat(created.resourceInfo()).isEqualTo("p-43");
            assertThat(created.target()).isEqualTo(new CadfResource("p-43", "data/security/project", null, null, null));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"[oslo_messaging_notifications]\ntransport_url = %s\n", "[oslo_messaging_notifications]\n"})
    void theConfigurationOfAServiceNamesBrokerAndTopics(String group, @TempDir Path folder) throws Exception {
        String own = "memory://" + name;
        boolean falls = !group.contains("%s");
        Path file = Files.writeString(
                folder.resolve("metering.conf"),
                "[DEFAULT]\ntransport_url = " + (falls ? own : "memory://other") + "\n" + group.formatted(own)
                        + "topics = metering,alarms\n");
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (NotificationListener listener = NotificationListener.builder(
                        Transport.fromConfig(file).notifications())
                .on(notification -> seen.add(notification.eventType()))
                .build()
                .start()) {
            publisher.send("openstack", "metering", "sample", "cpu", 1, Map.of());
            assertThat(ReceiveBehaviour.next(seen)).isEqualTo("cpu");
            publisher.send("openstack", "alarms", "info", "alarm", 1, Map.of());
            assertThat(ReceiveBehaviour.next(seen)).isEqualTo("alarm");
        }
    }
}
