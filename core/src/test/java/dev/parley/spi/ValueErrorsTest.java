package dev.parley.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.parley.Limits;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.json.JsonMapper;

class ValueErrorsTest {
    record Host(
            String name,
            Integer port,
            int load,
            List<String> tags,
            LocalDate since,
            Boolean up,
            Color color,
            Host up2) {}

    enum Color {
        RED,
        BLUE
    }

    private final JsonMapper mapper =
            new ValueMapping(Limits.defaults().withStringLength(60).withNumberLength(10), List.of()).json();

    private JacksonException failure(String json, Class<?> type) {
        JsonParser parser = mapper.createParser(json.replace('\'', '"'));
        return catchThrowableOfType(
                JacksonException.class, () -> mapper.readerFor(type).readValue(parser));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                "{'name':false} # false is not a valid String, at name; the option peer=odoo reads false as null",
                "{'name':1.5} # 1.5 is not a valid String, at name; the option peer=php reads numbers sent for text or a flag",
                "{'port':'80'} # '80' is not a valid Integer, at port; the option peer=php reads numbers and flags sent as text",
                "{'port':'eighty'} # 'eighty' is not a valid Integer, at port",
                "{'port':1.5} # 1.5 is not a valid Integer, at port",
                "{'load':false} # false is not a valid int, at load; the option peer=odoo reads false as null, which Integer can hold",
                "{'tags':['a',5]} # 5 is not a valid String, at tags[1]; the option peer=php reads numbers sent for text or a flag",
                "{'since':''} # '' is not a valid LocalDate, at since; the option peer=php reads empty text as null",
                "{'since':'soon'} # 'soon' is not a valid LocalDate, at since",
                "{'color':'GREEN'} # 'GREEN' is not one of RED, BLUE, at color",
                "{'up2':[]} # an array is not a valid Host, at up2; the option peer=php reads an empty array as an empty object",
                "{'up2':5} # 5 is not a valid Host, at up2",
                "{'up2':'x'} # 'x' is not a valid Host, at up2",
                "{'name':'x'} # a member of Host is missing that has a primitive type",
                "[] # an array is not a valid Host; the option peer=php reads an empty array as an empty object",
                "{'name':NaN} # NaN is not a JSON value",
                "{'name':+1} # Unexpected character ('+' (code 43)) in numeric value: JSON does not allow numbers to have plus signs",
                "{'name':tru} # Unrecognized token 'tru': a value must stand here",
                "{'name':'a # it ends too early",
            })
    void saysWhatIsWrongAndWhichProfileReadsIt(String json, String message) {
        JacksonException e = failure(json, Host.class);
        // Quotes of the messages about characters are Jackson's own.
        assertThat((ValueErrors.text(e) + ValueErrors.hint(e)).replace('"', '\''))
                .isEqualTo(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'a':NaN}",
                "{'a':+1}",
                "{'a':.5}",
                "{'a':01}",
                "{'a':'\\q'}",
                "{'a':'\\uD8'}",
                "{'a':'\u0001'}",
                "{a:1}",
                "{/**/}",
                "{'a':1,}",
                "{'a':1",
                "<html>",
                "nonsense",
                "{'a':12345678901}",
                "{'a':'0123456789012345678901234567890123456789012345678901234567890'}",
            })
    void givesNoAdviceAboutJackson(String json) {
        assertThat(ValueErrors.text(failure(json, Map.class)))
                .isNotBlank()
                .doesNotContainIgnoringCase("feature", "redacted", "`", "enable", "Jackson", "Constraints", "VALUE_");
        assertThat(ValueErrors.hint(failure(json, Map.class))).isEmpty();
    }

    @Test
    void quotesNoMoreThanTheBeginning() {
        assertThat(ValueErrors.text(failure("'" + "x".repeat(50) + "'", int.class)))
                .isEqualTo("\"" + "x".repeat(40) + "…\" is not a valid int");
    }
}
