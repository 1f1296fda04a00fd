package io.spillway.simulation.whatif;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.spillway.failure.BadInputException;
import io.spillway.policy.CostModel;
import io.spillway.simulation.trace.Generated;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people and programs are told, and what they may ask for. */
class AnswerTest {
    private static final Site SITE = new Site(8, 4, null, new Site.Reclaim(900, 300));

    @TempDir
    Path folder;

    private static Answer answer() {
        WhatIf question = new WhatIf(new Generated(100, 32, 0.7, 0.2, 300, 1), SITE, Order.EASY, CostModel.DEFAULT, 1);
        List<Report> reports = Stream.of(Eviction.values())
                .map(eviction -> question.play(eviction, WhatIf.Watcher.NONE))
                .toList();
        return new Answer("<a & b>", SITE, reports);
    }

    @Test
    void forPeople() {
        List<String> lines = answer().lines();
        assertThat(lines)
                .contains("trace: <a & b>")
                .anyMatch(line -> line.matches(" +no-cloud +kill +suspend +checkpoint"))
                .anyMatch(line -> line.matches("work that counts( +\\d+\\.\\d %){4}"))
                .anyMatch(line -> line.startsWith("worst hit under checkpoint"));
    }

    @Test
    void forPrograms() throws IOException {
        JsonNode json = new ObjectMapper().readTree(answer().json());
        assertThat(json.at("/reports/1/policy").asText()).isEqualTo("kill");
        assertThat(json.at("/reports/3/use/standing_hours").asDouble()).isPositive();
        assertThat(json.at("/site/reclaim/every").asInt()).isEqualTo(900);
    }

    @Test
    void asAPicture() throws Exception {
        String svg = answer().svg();
        DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertThat(svg).contains("&lt;a &amp; b&gt;").contains("checkpoint");
    }

    @Test
    void aSiteInAFile() throws IOException {
        Path file = Files.writeString(
                folder.resolve("site.yaml"),
                "{hosts: 10, cores: 16, virtual: {cpus: 4, memory: 8000}, reclaim: {every: 900, lasts: 60}}");
        assertThat(Site.parse(file.toString()))
                .isEqualTo(new Site(10, 16, new Site.Virtual(4, 8000), new Site.Reclaim(900, 60)));
        assertThat(Site.parse("10x16").virtual()).isEqualTo(Site.Virtual.USUAL);
    }

    @Test
    void sitesThatCannotBe() throws IOException {
        Path large =
                Files.writeString(folder.resolve("large.yaml"), "{hosts: 1, cores: 2, virtual: {cpus: 4, memory: 1}}");
        Path odd = Files.writeString(folder.resolve("odd.yaml"), "{hosts: 1, cores: 2, sockets: 2}");
        assertThatThrownBy(() -> Site.parse(large.toString()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("a virtual node of 4 cpus has no room on a host of 2 cores");
        assertThatThrownBy(() -> Site.parse(odd.toString()))
                .isInstanceOf(BadInputException.class)
                .hasMessageContaining("sockets");
        assertThatThrownBy(() -> Site.parse("many"))
                .isInstanceOf(BadInputException.class)
                .hasMessage("no site 'many': neither such as 1000x8 nor a file that can be read");
        assertThatThrownBy(() -> Site.parse("0x8")).isInstanceOf(BadInputException.class);
    }
}
