package dev.flipbook.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.flipbook.delivery.Pictures;
import dev.flipbook.image.VariantMaker.Change;
import dev.flipbook.jpeg.Jpeg;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_Profile;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageIoMakerTest {

    private static final List<Change> CHANGES =
            List.of(new Change(4, 0, 0), new Change(8, 90, 0), new Change(8, 0, 1), new Change(4, 0, 2));

    @Test
    void picturesOfEveryColoursKeepThem() throws Exception {
        byte[] rgb = Pictures.components(64, 32, 220, 30, 30);
        byte[] cmyk = Pictures.components(64, 32, 255, 35, 35, 220);
        byte[] ycck = Pictures.components(64, 32, 154, 166, 17, 220);
        byte[] linear = Pictures.adobe(Pictures.components(64, 32, 182, 3, 3), 0);
        byte[] profile = ICC_Profile.getInstance(ColorSpace.CS_LINEAR_RGB).getData();

        for (byte[] jpeg : List.of(
                Pictures.adobe(rgb, 0),
                Pictures.withIds(rgb, "RGB"),
                Pictures.adobe(cmyk, 0),
                Pictures.adobe(ycck, 2),
                Pictures.withProfile(linear, profile, 1))) {
            for (Change change : CHANGES) {
                assertRed(jpeg, change);
            }
        }
    }

    private static void assertRed(byte[] jpeg, Change change) throws Exception {
        try (VariantMaker maker = VariantMaker.imageIo()) {
            Jpeg made = maker.make(Jpeg.check(ByteBuffer.wrap(jpeg)), change);
            assertThat(made.profile()).isEmpty();
            int colour = Canvas.decode(made).orElseThrow().colour(10, 10);
            assertThat(colour >> 16).isCloseTo(220, within(5));
            assertThat(colour >> 8 & 0xFF).isCloseTo(30, within(7));
            assertThat(colour & 0xFF).isCloseTo(30, within(7));
            assertThat(made.width()).isEqualTo(change.of(change.quarters() == 1 ? 32 : 64));
        }
    }
}
