package io.spillway.timeline;

import static io.spillway.timeline.Logs.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spillway.failure.BadInputException;
import io.spillway.model.Phase;
import io.spillway.timeline.Event.JobChanged;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class PictureTest {
    private static final Picture PICTURE = Picture.of("A site");

    private static Document parsed(String svg) {
        try {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(new InputSource(new StringReader(svg)));
        } catch (Exception broken) {
            throw new AssertionError(svg, broken);
        }
    }

    private static List<Element> all(Document document, String name) {
        NodeList found = document.getElementsByTagName(name);
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            elements.add((Element) found.item(i));
        }
        return elements;
    }

    private static List<String> texts(Document document, String name) {
        return all(document, name).stream().map(Element::getTextContent).toList();
    }

    private static double number(Element element, String attribute) {
        return Double.parseDouble(element.getAttribute(attribute));
    }

    /** The place that a text takes, by the widths that the drawing reckons with. */
    private record Box(double left, double right, double top, double bottom, String words) {
        static Box of(Element text) {
            double size = size(text);
            double width = Text.width(text.getTextContent(), size);
            double x = number(text, "x");
            String anchor = inherited(text, "text-anchor");
            double left = anchor.equals("middle") ? x - width / 2 : anchor.equals("end") ? x - width : x;
            double y = number(text, "y");
            return new Box(left, left + width, y - size * 0.7, y + size * 0.2, text.getTextContent());
        }

        private static double size(Element text) {
            return Double.parseDouble(inherited(text, "font-size"));
        }

        private static String inherited(Element element, String attribute) {
            for (org.w3c.dom.Node node = element; node instanceof Element one; node = node.getParentNode()) {
                if (one.hasAttribute(attribute)) {
                    return one.getAttribute(attribute);
                }
            }
            return "";
        }

        boolean overlaps(Box other) {
            return left < other.right - 0.5
                    && other.left < right - 0.5
                    && top < other.bottom - 0.5
                    && other.top < bottom - 0.5;
        }
    }

    private static void fits(Document document) {
        double width = number(document.getDocumentElement(), "width");
        double height = number(document.getDocumentElement(), "height");
        List<Box> boxes = all(document, "text").stream().map(Box::of).toList();
        for (int i = 0; i < boxes.size(); i++) {
            Box box = boxes.get(i);
            assertThat(box.left()).as(box.words()).isNotNegative();
            assertThat(box.right()).as(box.words()).isLessThanOrEqualTo(width);
            assertThat(box.bottom()).as(box.words()).isLessThanOrEqualTo(height);
            for (Box other : boxes.subList(i + 1, boxes.size())) {
                assertThat(box.overlaps(other)).as(box + " over " + other).isFalse();
            }
        }
        for (Element rect : all(document, "rect")) {
            assertThat(number(rect, "width")).isPositive();
            assertThat(number(rect, "height")).isPositive();
        }
    }

    @Test
    void thePostersStory() {
        Document document = parsed(PICTURE.svg(Timeline.of(Logs.poster())));
        fits(document);
        assertThat(texts(document, "desc"))
                .containsExactly(
                        "23 Nov 2026, 09:58 – 11:50 UTC · 2 hosts, 4 virtual nodes, 5 jobs, 6 moves, 7 decisions");
        assertThat(texts(document, "text"))
                .contains(
                        "cn01",
                        "vn04",
                        "4720 storm",
                        "held",
                        "away",
                        "node moves",
                        "held: suspended, memory in RAM",
                        "away: suspended, memory on disk",
                        "migrate vn[01-03] to cn02: cn02 is free first, job 4720 may run until 12:30 on cn01 (ladder,"
                                + " rule spill-back)",
                        "maintain cn02: new memory modules; vn[01-02] go to cn01 with their job running (alice)");
        assertThat(Collections.frequency(texts(document, "text"), "COMPLETED 0:0"))
                .isEqualTo(6);
        assertThat(texts(document, "title"))
                .contains(
                        "A site",
                        "vn01 moves from cn01 to cn02 · 10:39:40 – 10:41:30 · 110 s",
                        "job 4712 scan of grace away, its memory on disk · 10:56:00 – 11:09:40 · 13 min 40 s");
    }

    @Test
    void theSameEventsGiveTheSameBytes() {
        List<Event> shuffled = new ArrayList<>(Logs.poster());
        assertThat(PICTURE.svg(Timeline.of(shuffled))).isEqualTo(PICTURE.svg(Timeline.of(Logs.poster())));
    }

    /** What tells things apart without colours: no two of them have the same pattern and darkness. */
    @Test
    void itCanBeReadWithoutColours() {
        List<String> looks = new ArrayList<>();
        for (Patterns look : Patterns.values()) {
            looks.add((look.solid() ? "grey " + darkness(look.fill) / 25 : look.fill) + " " + look.dashes);
        }
        assertThat(looks).doesNotHaveDuplicates();
    }

    private static int darkness(String colour) {
        int rgb = Integer.parseInt(colour.substring(1), 16);
        return (int) (0.299 * (rgb >> 16) + 0.587 * (rgb >> 8 & 255) + 0.114 * (rgb & 255));
    }

    @Test
    void whatUsersWriteIsText() {
        String nasty = "</title><script>alert(1)</script>]]>&amp;\"'\u0000\u001b[31m\n\uD800\u202E\uFFFE";
        List<Event> events = List.of(
                Logs.node(0, "vn1", Phase.READY, "cn1"),
                new JobChanged(
                        at(0),
                        nasty,
                        nasty,
                        nasty,
                        JobChanged.Doing.RUNNING,
                        List.of("vn1", nasty),
                        Optional.empty(),
                        Optional.empty()),
                new Event.Decided(
                        at(1),
                        nasty,
                        nasty,
                        Optional.of(nasty),
                        Optional.of(nasty),
                        Optional.of(nasty),
                        nasty,
                        Optional.of(nasty)),
                new JobChanged(
                        at(100),
                        nasty,
                        nasty,
                        nasty,
                        JobChanged.Doing.OVER,
                        List.of(),
                        Optional.of(nasty),
                        Optional.of(nasty)));
        Timeline timeline = Timeline.of(events, at(0), at(200));
        Document document = parsed(new Picture(nasty, 1280, ZoneId.of("Europe/Berlin")).svg(timeline));
        assertThat(all(document, "script")).isEmpty();
        assertThat(String.join("", texts(document, "title")))
                .contains("<script>alert(1)</script>")
                .doesNotContain("\u202E");
    }

    @Provide
    Arbitrary<List<Event>> any() {
        return Logs.any();
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void anyLogGivesAPictureWithoutOverlappingWords(@ForAll("any") List<Event> events) {
        fits(parsed(PICTURE.svg(Timeline.of(events, at(5_000), at(30_000)))));
    }

    @Test
    void aHundredNodesAndTenThousandJobsInAWeek() {
        Random random = new Random(7);
        List<Event> events = new ArrayList<>();
        long week = 7 * 86_400;
        for (int node = 0; node < 100; node++) {
            String name = "vn%03d".formatted(node);
            events.add(Logs.node(0, name, Phase.READY, "cn%02d".formatted(node / 10)));
            long time = 0;
            for (int job = 0; job < 100; job++) {
                time += 60 + random.nextInt(3_000);
                events.add(Logs.job(time, node + "_" + job, JobChanged.Doing.RUNNING, name));
                // every other node has a thousand seconds' work, the others a swarm of short jobs
                time += node % 2 == 0 ? 1_000 + random.nextInt(4_000) : 20;
                events.add(Logs.job(time, node + "_" + job, JobChanged.Doing.OVER, name));
            }
        }
        String svg = PICTURE.svg(Timeline.of(events, at(0), at(week)));
        assertThat(svg).hasSizeLessThan(3_000_000);
        assertThat(texts(parsed(svg), "text")).contains("24 Nov", "29 Nov");
    }

    @Test
    void narrowNeighboursAreOne() {
        List<Event> events = new ArrayList<>();
        events.add(Logs.node(0, "vn1", Phase.READY, "cn1"));
        for (int job = 0; job < 1_000; job++) {
            events.add(Logs.job(job * 10L, "7_" + job, JobChanged.Doing.RUNNING, "vn1"));
            events.add(Logs.job(job * 10L + 8, "7_" + job, JobChanged.Doing.OVER, "vn1"));
        }
        Document document = parsed(PICTURE.svg(Timeline.of(events, at(0), at(1_000_000))));
        assertThat(texts(document, "title"))
                .anySatisfy(title -> assertThat(title).startsWith("1000 jobs"));
        assertThat(all(document, "rect").size()).isLessThan(60);
    }

    @Test
    void pixels() throws IOException {
        Timeline timeline = Timeline.of(Logs.poster());
        BufferedImage image = ImageIO.read(new ByteArrayInputStream(PICTURE.png(timeline, 2)));
        assertThat(image.getWidth()).isEqualTo(2 * PICTURE.width());
        assertThat(darkShare(image)).isBetween(0.01, 0.5);
        assertThatThrownBy(() -> PICTURE.png(timeline, 0)).isInstanceOf(BadInputException.class);
        assertThatThrownBy(() -> new Picture("", 10, ZoneId.of("UTC"))).isInstanceOf(BadInputException.class);
    }

    private static double darkShare(BufferedImage image) {
        long dark = 0;
        for (int x = 0; x < image.getWidth(); x++) {
            for (int y = 0; y < image.getHeight(); y++) {
                dark += (image.getRGB(x, y) >> 8 & 255) < 128 ? 1 : 0;
            }
        }
        return (double) dark / image.getWidth() / image.getHeight();
    }
}
