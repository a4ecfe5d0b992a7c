package dev.flipbook.app.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.function.Consumer;
import org.apache.commons.cli.Options;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {

    private static final String UNKNOWN = " is not an option of flipbook; flipbook --help lists them";

    // reading

    @ParameterizedTest
    @ValueSource(strings = {"--port=80", "--port 80", "-p80", "-p 80", "-p=80", "demo -p80", "-p80 demo"})
    void aValueMayStandInAnyOfItsForms(String line) {
        assertThat(read(line).number("port", 0, 65_535, 1)).isEqualTo(80);
    }

    @Test
    void whatIsNotGivenIsWhatWasMeantWithoutIt() {
        Arguments none = read("");
        assertThat(none.has("json")).isFalse();
        assertThat(none.text("host", "here")).isEqualTo("here");
        assertThat(none.number("port", 1, 2, 8080)).isEqualTo(8080);
        assertThat(none.all("name")).isEmpty();
        assertThat(none.words()).isEmpty();
    }

    @Test
    void repeatedValuesAndWordsKeepTheirOrder() {
        Arguments arguments = read("one --name=z two --name a --json - --name=z");
        assertThat(arguments.all("name")).containsExactly("z", "a");
        assertThat(arguments.words()).containsExactly("one", "two", "-");
        assertThat(arguments.has("json")).isTrue();
    }

    @Test
    void afterTwoDashesThereAreNoOptions() {
        Arguments arguments = read("exec --json -- ls -l --port -port --json");
        assertThat(arguments.words()).containsExactly("exec", "ls", "-l", "--port", "-port", "--json");
        assertThat(arguments.has("port")).isFalse();
    }

    @Test
    void quotesBelongToTheValue() {
        assertThat(read("--host=\"a\"").text("host", "")).isEqualTo("\"a\"");
        assertThat(read("--host \"a\"").text("host", "")).isEqualTo("\"a\"");
    }

    @Test
    void numbersAreDividedByCommas() {
        assertThat(read("").numbers("list", 1, 9, "1,5")).containsExactly(1, 5);
        assertRefused(
                "--list=1,x", a -> a.numbers("list", 1, 9, ""), "--list is 'x'; it is a whole number from 1 to 9");
        assertRefused("--list=1,", a -> a.numbers("list", 1, 9, ""), "--list is ''; it is a whole number from 1 to 9");
    }

    // refusing

    @ParameterizedTest
    @CsvSource({
        "--nonsense,--nonsense",
        "--nonsense=3,--nonsense",
        "--por=80,--por",
        "--hos,--hos",
        "--p,--p",
        "-x,-x",
        "-port,-port",
        "-host=a,-host",
        "-hostname,-hostname"
    })
    void anUnknownOptionIsRefusedByItsName(String line, String name) {
        assertRefused(line, arguments -> {}, name + UNKNOWN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-1", "65536", "99999999999", "", "0x10", "8 0"})
    void aValueThatIsNotANumberInItsBoundsIsRefused(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(List.of("--port", value)).number("port", 0, 65_535, 1))
                .withMessage("--port is '" + value + "'; it is a whole number from 0 to 65535");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--port", "-p", "--port --json", "-p -p", "--port --", "--port -p"})
    void anOptionWithoutItsValueIsRefused(String line) {
        assertRefused(line, arguments -> {}, "--port has no value; it is written --port=PORT");
    }

    @Test
    void aValueForAnOptionThatHasNoneIsRefused() {
        assertRefused("--json=3", arguments -> {}, "--json takes no value");
    }

    @Test
    void anOptionThatMayBeGivenOnceIsRefusedWhenItIsGivenTwice() {
        assertRefused("-p1 --port=1", a -> a.number("port", 0, 9, 0), "--port is given 2 times; it may be given once");
        assertRefused("--json --json", a -> a.has("json"), "--json is given 2 times; it may be given once");
    }

    // inside

    private static void assertRefused(String line, Consumer<Arguments> asked, String sentence) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> asked.accept(read(line)))
                .withMessage(sentence);
    }

    private static Arguments read(String line) {
        return read(line.isEmpty() ? List.of() : List.of(line.split(" ", -1)));
    }

    private static Arguments read(List<String> words) {
        Options options = new Options()
                .addOption(Arguments.valued("p", "port", "PORT"))
                .addOption(Arguments.valued(null, "host", "ADDRESS"))
                .addOption(Arguments.valued(null, "name", "NAME"))
                .addOption(Arguments.valued(null, "list", "LIST"))
                .addOption(Arguments.flag(null, "json"));
        return Arguments.read("flipbook", options, words);
    }
}
