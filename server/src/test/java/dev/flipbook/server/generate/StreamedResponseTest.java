package dev.flipbook.server.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.server.FakeClient;
import dev.flipbook.server.FakeResponse;
import dev.flipbook.web.BadRequestException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What generators of text, parts and events write, byte by byte, and what a program may say of a response. */
@Timeout(60)
class StreamedResponseTest {

    private static final String HEADER = "Content-Type: image/png\r\n";

    private final FakeResponse response = new FakeResponse();
    private final List<FakeClient> clients = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (FakeClient client : clients) {
            client.close();
        }
    }

    /** The answer to a request on a connection of its own. */
    private StreamedResponse.Answer answer(StreamedResponse streamed, String target, String... headers) {
        FakeClient client = new FakeClient(exchange -> {});
        clients.add(client);
        return streamed.answer(client.ask("GET", target, headers).exchange());
    }

    /** All that the generator writes, as on the wire except for chunks. */
    private String generate(StreamedResponse.Answer answer) throws Exception {
        StreamedBody body = new StreamedBody(response, answer.signOfLife());
        answer.body().generate(body);
        body.finish();
        return new String(response.written().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private String text(StreamedResponse.Generator<StreamedText> generator) throws Exception {
        return generate(answer(StreamedResponse.html(generator), "/"));
    }

    // text

    @Test
    void textMayBeWrittenInEveryWayOfAWriter() throws Exception {
        assertThat(text(out -> {
                    out.println("line");
                    out.write("");
                    out.write("a-bc-d", 2, 2);
                    out.write("x12x".toCharArray(), 1, 2);
                    out.write('3');
                    out.append("four").append("0five0", 1, 5).append('6');
                    out.append(null);
                }))
                .isEqualTo("line\nbc123fourfive6null");
    }

    @Test
    void characterOfTwoHalvesIsWholeHoweverItIsDivided() throws Exception {
        String smile = "\uD83D\uDE00";
        assertThat(text(out -> {
                    out.write(smile);
                    out.write("a" + smile.charAt(0));
                    out.write(smile.substring(1) + "b");
                    out.write(smile.charAt(0));
                    out.write("");
                    out.write(smile.charAt(1));
                    out.write(smile.charAt(0));
                }))
                .as("the half at the end is none")
                .isEqualTo(smile + "a" + smile + "b" + smile + "?");
    }

    @Test
    void textWithoutAHalfAtTheEndHasNothingAdded() throws Exception {
        assertThat(text(out -> out.write("all"))).isEqualTo("all");
    }

    @Test
    void flushAndCloseOfAWriterSendWhatThereIs() throws Exception {
        text(out -> {
            out.write("first");
            out.write("a");
            out.flush();
            assertThat(response.writes()).containsExactly("first", "a");
            out.write("b");
            out.close();
            assertThat(response.writes()).containsExactly("first", "a", "b");
            assertThat(response.ended()).isFalse();
        });
    }

    @ParameterizedTest
    @CsvSource({
        "text/csv,                   text/csv;charset=utf-8",
        "text/plain; charset=UTF-8,  text/plain; charset=UTF-8",
        "text/plain;charset=\"utf-8\", text/plain;charset=\"utf-8\"",
        "text/x;header=present,      text/x;header=present;charset=utf-8"
    })
    void textIsSentAsUtf8AndSaysSo(String asked, String sent) {
        StreamedResponse.Answer answer = answer(StreamedResponse.text(asked, out -> {}), "/");

        assertThat(answer.contentType()).isEqualTo(sent);
        assertThat(answer.chunks()).isTrue();
        assertThat(answer.signOfLife()).isEmpty();
    }

    @Test
    void pageIsHtml() {
        assertThat(answer(StreamedResponse.html(out -> {}), "/").contentType()).isEqualTo("text/html;charset=utf-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain;charset=latin1", "text/plain; Charset=\"iso-8859-1\""})
    void anotherCharsetIsRefused(String type) {
        assertThatThrownBy(() -> StreamedResponse.text(type, out -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + type + "' has another charset than utf-8, in which text is sent; leave it out");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "text", "text/", "/csv", "text/csv;", "text/csv\r\nX: 1", "text/c sv", "t\u00e9xt/csv"})
    void whatIsNoContentTypeIsRefused(String type) {
        String shown = type.replaceAll("[^ -~]", "?");
        String sentence = "'" + shown + "' is not a content type; give one such as text/csv or image/png";
        assertThatThrownBy(() -> StreamedResponse.text(type, out -> {})).hasMessage(sentence);
        assertThatThrownBy(() -> StreamedResponse.replacing(type, out -> {})).hasMessage(sentence);
    }

    // headers

    @Test
    void furtherHeadersAreKeptAndTheResponseWithoutThemIsAsItWas() {
        StreamedResponse plain = StreamedResponse.html(out -> {});
        StreamedResponse more = plain.withHeader("X-One", "1").withHeader("Content-Disposition", "attachment; a=\"b\"");

        assertThat(more.headers()).containsEntry("X-One", "1").hasSize(2);
        assertThat(plain.headers()).isEmpty();
        assertThat(more.withHeader("X-One", "2").headers())
                .containsEntry("X-One", "2")
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "X One", "X:", "X\n", "\u00c4"})
    void nameThatNoHeaderHasIsRefused(String name) {
        assertThatThrownBy(() -> StreamedResponse.html(out -> {}).withHeader(name, "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a name for a header: it takes letters, digits and");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", " a", "a ", "a\r\nX-Other: 1", "a\nb", "\u00e4"})
    void valueThatNoHeaderHasIsRefused(String value) {
        assertThatThrownBy(() -> StreamedResponse.html(out -> {}).withHeader("X-One", value))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "the value of the header X-One is empty, or has other characters than ASCII on one line: ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection",
                "content-length",
                "CONTENT-TYPE",
                "Date",
                "Keep-Alive",
                "Trailer",
                "Transfer-Encoding"
            })
    void headersThatFollowFromTheResponseCannotBeSet(String name) {
        assertThatThrownBy(() -> StreamedResponse.html(out -> {}).withHeader(name, "1"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the header " + name + " follows from the response and cannot be set");
    }

    @Test
    void generatorsKnowWhatWasAskedFor() throws Exception {
        StringBuilder seen = new StringBuilder();
        StreamedResponse page = StreamedResponse.html(out ->
                seen.append(out.request().query("n")).append(out.request().header("X-Mine")));
        generate(answer(page, "/?n=7&n=8", "X-Mine: a"));
        StreamedResponse parts = StreamedResponse.replacing(
                "image/png", out -> seen.append(out.request().query("none")));
        generate(answer(parts, "/"));
        StreamedResponse events =
                StreamedResponse.events(out -> seen.append(out.request().query("n")));
        generate(answer(events, "/?n=1"));

        assertThat(seen).hasToString("Optional[7]Optional[a]Optional.emptyOptional[1]");
    }

    // parts

    private static byte[] part(int size) {
        byte[] part = new byte[size];
        java.util.Arrays.fill(part, (byte) 'p');
        return part;
    }

    private String parts(String target, StreamedResponse.Generator<StreamedParts> generator) throws Exception {
        StreamedResponse.Answer answer = answer(StreamedResponse.replacing("image/png", generator), target);
        String type = answer.contentType();
        assertThat(type).matches("multipart/x-mixed-replace; boundary=[A-Za-z0-9]{30}");
        assertThat(answer.chunks()).isFalse();
        assertThat(answer.signOfLife()).isEmpty();
        return generate(answer).replace(type.substring(type.indexOf('=') + 1), "BOUNDARY");
    }

    @Test
    void partsForProgramsHaveLengthsAndTheNewestComesOnceMoreAtTheEnd() throws Exception {
        assertThat(parts("/", out -> {
                    out.send("one");
                    out.send("three".getBytes(StandardCharsets.US_ASCII));
                }))
                .isEqualTo("--BOUNDARY\r\n" + HEADER + "Content-Length: 3\r\n\r\none\r\n--BOUNDARY\r\n"
                        + HEADER + "Content-Length: 5\r\n\r\nthree\r\n--BOUNDARY\r\n"
                        + HEADER + "Content-Length: 5\r\n\r\nthree\r\n--BOUNDARY--\r\n");
    }

    @Test
    void partsForBrowsersHaveTheNextHeaderAfterEach() throws Exception {
        assertThat(parts("/?framing=browser", out -> {
                    out.send("one");
                    out.send("three");
                }))
                .isEqualTo("--BOUNDARY\r\n" + HEADER + "Content-Length: 3\r\n\r\none\r\n--BOUNDARY\r\n"
                        + HEADER + "\r\nthree\r\n--BOUNDARY\r\n"
                        + HEADER + "\r\nthree\r\n--BOUNDARY--\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/?framing=browser"})
    void noPartAtAllIsTheClosingDelimiterAlone(String target) throws Exception {
        assertThat(parts(target, out -> {})).isEqualTo("--BOUNDARY--\r\n");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 8192})
    void smallPartLeavesInOneWriteWithWhatIsAroundIt(int size) throws Exception {
        parts("/", out -> {
            out.send(part(1)); // the first bytes of a response are always sent at once
            int before = response.writes().size();
            out.send(part(size));
            assertThat(response.writes()).hasSize(before + 1);
            assertThat(response.writes().getLast())
                    .startsWith(HEADER)
                    .contains("p\r\n--")
                    .endsWith("\r\n");
        });
    }

    @Test
    void largePartIsNotCopied() throws Exception {
        byte[] large = part(100_000);
        parts("/", out -> {
            out.send(part(1));
            int before = response.writes().size();
            out.send(large);
            assertThat(response.writes().subList(before, response.writes().size()))
                    .as("a piece with the header, the part's rest as it is, the delimiter")
                    .extracting(String::length)
                    .satisfiesExactly(
                            piece -> assertThat(piece).isEqualTo(16 << 10),
                            rest -> assertThat(rest).isBetween(100_000 - (16 << 10), 100_000),
                            delimiter -> assertThat(delimiter).isEqualTo(2 + 2 + 30 + 2));
        });
    }

    @Test
    void partOfMoreThan8KibIsNotCopiedIntoAPieceOfItsOwn() throws Exception {
        assertThat(parts("/", out -> out.send(part(8193))))
                .contains("Content-Length: 8193\r\n\r\nppp", "p\r\n--BOUNDARY");
    }

    @Test
    void emptyPartIsRefusedAndNothingOfItIsSent() throws Exception {
        assertThat(parts("/", out -> {
                    out.send("one");
                    assertThatThrownBy(() -> out.send(""))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessage("a part is empty; it needs at least one byte");
                }))
                .contains("\r\n\r\none\r\n--BOUNDARY--\r\n");
    }

    @Test
    void generatorOfPartsThatFailsLeavesTheLastDelimiterToPrograms() {
        assertThatThrownBy(() -> parts("/", out -> {
                    out.send("one");
                    throw new IOException("the hardware is gone");
                }))
                .hasMessage("the hardware is gone");

        assertThat(response.written())
                .contains("\r\n\r\none\r\n--")
                .endsWith("\r\n")
                .doesNotEndWith("--\r\n");
    }

    @Test
    void generatorOfPartsThatFailsFillsThePartThatBrowsersHaveTheHeaderOf() {
        StreamedResponse fails = StreamedResponse.replacing("image/png", out -> {
            out.send("one");
            throw new IOException("the hardware is gone");
        });
        StreamedBody body = new StreamedBody(response, "");
        assertThatThrownBy(() -> answer(fails, "/?framing=browser").body().generate(body))
                .hasMessage("the hardware is gone");
        body.check();

        assertThat(response.written()).endsWith(HEADER + "\r\none");
    }

    @Test
    void generatorOfPartsThatFailsBeforeTheFirstSendsNothing() {
        assertThatThrownBy(() -> parts("/?framing=browser", out -> {
                    throw new IOException("the hardware is gone");
                }))
                .hasMessage("the hardware is gone");

        assertThat(response.writes()).isEmpty();
    }

    @Test
    void generatorOfPartsWhoseReaderHasLeftReportsItsOwnFailure() {
        StreamedBody body = new StreamedBody(response, "");
        StreamedResponse fails = StreamedResponse.replacing("image/png", out -> {
            out.send("one");
            body.lose(new IOException("the reader has left"));
            throw new IOException("the hardware is gone");
        });

        assertThatThrownBy(() -> answer(fails, "/?framing=browser").body().generate(body))
                .hasMessage("the hardware is gone");
    }

    @Test
    void framingThatThereIsNotIsRefused() {
        StreamedResponse streamed = StreamedResponse.replacing("image/png", out -> {});
        assertThatThrownBy(() -> answer(streamed, "/?framing=none")).isInstanceOf(BadRequestException.class);
    }

    @Test
    void eachResponseHasABoundaryOfItsOwn() {
        StreamedResponse streamed = StreamedResponse.replacing("image/png", out -> {});

        assertThat(answer(streamed, "/").contentType())
                .isNotEqualTo(answer(streamed, "/").contentType());
    }

    @Test
    void boundaryIsOfEveryLetterAndDigit() {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            many.append(StreamedParts.boundary());
        }

        assertThat(many.chars().distinct().count()).as("of 62, among 9,000").isEqualTo(62);
    }

    // events

    private String events(StreamedResponse.Generator<StreamedEvents> generator, String... headers) throws Exception {
        StreamedResponse.Answer answer = answer(StreamedResponse.events(generator), "/", headers);
        assertThat(answer.contentType()).isEqualTo("text/event-stream");
        assertThat(answer.chunks()).isTrue();
        assertThat(answer.signOfLife()).isEqualTo(":\n\n");
        return generate(answer);
    }

    @Test
    void eventsHaveNamesIdsAndAsManyLinesOfDataAsTheirText() throws Exception {
        assertThat(events(out -> {
                    out.send("plain");
                    out.send("named", "one\r\ntwo\rthree\n");
                    out.send("named", "\u00e4", "id 7");
                    out.comment("a\nb");
                    out.retry(Duration.ofMillis(2500));
                    out.retry(Duration.ZERO);
                }))
                .isEqualTo("""
                        data: plain

                        event: named
                        data: one
                        data: two
                        data: three
                        data:\040

                        id: id 7
                        event: named
                        data: \u00e4

                        : a
                        : b

                        retry: 2500

                        retry: 0

                        """);
    }

    @Test
    void eachEventLeavesAtOnce() throws Exception {
        events(out -> {
            for (int i = 1; i <= 3; i++) {
                out.send("event " + i);
                assertThat(response.writes()).hasSize(i);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\nb", "a\rb", "a\0b"})
    void nameOrIdThatIsNotOneLineIsRefused(String line) throws Exception {
        events(out -> {
            assertThatThrownBy(() -> out.send(line, "data"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("the name of an event is empty or has several lines: '");
            assertThatThrownBy(() -> out.send(line, "data", "id")).hasMessageStartingWith("the name of an event is");
            assertThatThrownBy(() -> out.send("name", "data", line)).hasMessageStartingWith("the id of an event is");
        });

        assertThat(response.written()).isEmpty();
    }

    @Test
    void waitBeforeARetryThatIsNegativeIsRefused() throws Exception {
        events(out -> assertThatThrownBy(() -> out.retry(Duration.ofMillis(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the wait before a retry is PT-0.001S; it is 0 or more"));
    }

    @Test
    void readerThatReconnectsSendsTheIdOfItsLastEvent() throws Exception {
        StringBuilder seen = new StringBuilder();
        events(out -> seen.append(out.lastId()), "Last-Event-ID: 6");
        events(out -> assertThat(out.lastId()).isEqualTo(Optional.empty()));

        assertThat(seen).hasToString("Optional[6]");
    }
}
