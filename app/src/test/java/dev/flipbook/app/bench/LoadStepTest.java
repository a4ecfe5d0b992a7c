package dev.flipbook.app.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LoadStepTest {

    @Test
    void missedFramesAreCountedAgainstTheFastestViewer() {
        assertThat(step(90L, 299L, 300L).missed()).isEqualTo(210); // one frame less is the edge of the time measured
        assertThat(step(300L).missed()).isZero();
        assertThat(step().missed()).isZero();
    }

    @Test
    void ratesAreThoseOfTheMeasuredTime() {
        LoadStep odd = step(90L, 299L, 300L);
        assertThat(odd.medianFps()).isEqualTo(29.9);
        assertThat(odd.slowestFps()).isEqualTo(9);
        assertThat(odd.fastestFps()).isEqualTo(30);
        assertThat(odd.bytesPerSecond()).isEqualTo(100);
        assertThat(step(100L, 200L).medianFps()).isEqualTo(15);
        assertThat(step().medianFps()).isZero();
    }

    @Test
    void missingAgeIsADashInTheTableAndNullInJson() {
        LoadStep none = step(300L);
        assertThat(BenchTable.row(none))
                .matches(" +3 +30\\.0 +30\\.0 +30\\.0 +0\\.00 +0 +- +- +- +-")
                .hasSameSizeAs(BenchTable.HEADER);
        assertThat(BenchJson.of("http://a/", 10, List.of(none)))
                .startsWith("{\"url\":\"http://a/\",\"seconds\":10,\"clock\":\"none\",\"steps\":[{\"viewers\":3,")
                .endsWith("\"frames\":300,\"missed\":0,\"ageMs\":null}]}");
    }

    private static LoadStep step(Long... frames) {
        return new LoadStep(3, 10, List.of(frames), 0, 1000, AgeClock.NONE, new Ages(), List.of());
    }
}
