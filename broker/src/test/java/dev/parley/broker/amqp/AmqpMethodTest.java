package dev.parley.broker.amqp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AmqpMethodTest {
    @ParameterizedTest
    @EnumSource
    void isFoundByItsIds(AmqpMethod method) {
        assertThat(AmqpMethod.of(method.classId(), method.methodId())).isSameAs(method);
    }

    @ParameterizedTest
    @CsvSource({"10,11,connection.start-ok", "60,40,basic.publish", "40,51,exchange.unbind-ok", "90,20,tx.commit"})
    void hasTheNameOfTheSpecification(int classId, int methodId, String name) {
        assertThat(AmqpMethod.of(classId, methodId)).hasToString(name);
    }

    @ParameterizedTest
    @CsvSource({"0,0", "10,12", "60,127", "60,128", "127,10", "128,10", "65535,65535"})
    void rejectsUnknownIds(int classId, int methodId) {
        assertThatThrownBy(() -> AmqpMethod.of(classId, methodId))
                .isInstanceOf(AmqpException.class)
                .hasMessage("COMMAND_INVALID - unknown method " + classId + "." + methodId);
    }

    @Test
    void rejectsMethodsOfTheBroker() {
        assertThatThrownBy(() -> Method.read(AmqpMethod.BASIC_DELIVER, Unpooled.EMPTY_BUFFER))
                .isInstanceOf(AmqpException.class)
                .hasMessage("COMMAND_INVALID - unknown method 60.60");
    }
}
