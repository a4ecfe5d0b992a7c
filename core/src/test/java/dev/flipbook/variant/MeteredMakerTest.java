package dev.flipbook.variant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flipbook.delivery.FakeTicker;
import dev.flipbook.image.VariantMaker;
import dev.flipbook.jpeg.Jpeg;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which pictures are made into variants, and how the time is measured. */
class MeteredMakerTest {

    @Test
    void ofPicturesAbove32MegapixelsNoVariantIsMade() throws IOException {
        List<Integer> made = new ArrayList<>();
        VariantMaker any = new VariantMaker() {
            @Override
            public String name() {
                return "any";
            }

            @Override
            public Jpeg make(Jpeg picture, Change change) {
                made.add(picture.height());
                return picture;
            }

            @Override
            public void close() {}
        };
        VariantMaker.Change half = new VariantMaker.Change(4, 0, 0);
        Jpeg largest = new Jpeg(List.of(), 0, 8192, 4096);

        MeteredMaker maker = new MeteredMaker(() -> any, new FakeTicker());
        assertThat(maker.make(largest, half)).isSameAs(largest);
        assertThatThrownBy(() -> maker.make(new Jpeg(List.of(), 0, 8192, 4097), half))
                .isInstanceOf(IOException.class)
                .hasMessage("the picture is 8192x4097 pixels; variants are made of at most 33554432 in all");
        assertThat(made).containsExactly(4096);
    }
}
