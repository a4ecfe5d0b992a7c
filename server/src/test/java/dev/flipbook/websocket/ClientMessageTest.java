package dev.flipbook.websocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.web.BadRequestException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientMessageTest {

    private static ClientMessage read(String json) {
        return ClientMessage.read(json).orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[1]", "7", "\"watch\"", "null", "true", "{", "{\"watch\":1", "watch"})
    void whatIsNotOneObjectIsNoMessage(String text) {
        assertThat(ClientMessage.read(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'painted':1} | painted",
                "{'watch':1,'feed':'a'} | watch",
                "{'forget':1} | forget",
                "{'status':true} | status",
                "{'ping':1} | ping",
                "{'x':1,'ping':1} | ping",
                "{'ping':1,'painted':1} | painted",
                "{'ping':1,'status':true,'forget':1,'watch':1} | watch",
                "{'ping':1,'status':true,'forget':1} | forget",
                "{'ping':1,'status':true} | status",
                "{'feed':'a'} | ''",
                "{} | ''",
            })
    void theFirstKnownKeyIsWhatItWants(String json, String verb) {
        assertThat(read(json.replace('\'', '"')).verb()).isEqualTo(verb);
    }

    @ParameterizedTest
    @ValueSource(strings = {"watch", "forget", "painted"})
    void numbersAreThoseOfSixteenBits(String verb) {
        assertThat(read("{\"" + verb + "\":0}").number()).isZero();
        assertThat(read("{\"" + verb + "\":65535}").number()).isEqualTo(65535);
        for (String wrong : new String[] {"65536", "-1", "1.5", "\"1\"", "true", "null", "99999999999", "[1]"}) {
            ClientMessage message = read("{\"" + verb + "\":" + wrong + "}");
            assertThat(message.numberIfAny()).as(wrong).isEmpty();
            assertThatThrownBy(message::number)
                    .isInstanceOf(BadRequestException.class)
                    .hasMessage(verb + " is a number from 0 to 65535, not " + wrong);
        }
    }

    @Test
    void othersHaveNoNumber() {
        assertThat(read("{\"ping\":7}").numberIfAny()).isEmpty();
        assertThat(read("{\"status\":7}").numberIfAny()).isEmpty();
        assertThat(read("{\"watch\":7}").numberIfAny()).contains(7);
    }

    @Test
    void truthIsTrueOrFalse() {
        assertThat(read("{\"status\":true}").truth()).isTrue();
        assertThat(read("{\"status\":false}").truth()).isFalse();
        assertThatThrownBy(() -> read("{\"status\":\"true\"}").truth())
                .isInstanceOf(BadRequestException.class)
                .hasMessage("status is true or false, not \"true\"");
    }

    @Test
    void numeralIsAsItWasSent() {
        assertThat(read("{\"ping\":12.5}").numeral()).isEqualTo("12.5");
        assertThat(read("{\"ping\":-3}").numeral()).isEqualTo("-3");
        assertThatThrownBy(() -> read("{\"ping\":\"3\"}").numeral())
                .isInstanceOf(BadRequestException.class)
                .hasMessage("ping is a number, not \"3\"");
    }

    @Test
    void valuesAreTexts() {
        ClientMessage message = read("{\"watch\":1,\"feed\":\"door\",\"width\":320,\"fps\":2.5,\"quality\":null}");

        assertThat(message.text("feed")).contains("door");
        assertThat(message.text("width")).contains("320");
        assertThat(message.text("fps")).contains("2.5");
        assertThat(message.text("quality")).isEmpty();
        assertThat(message.text("rotate")).isEmpty();
    }
}
