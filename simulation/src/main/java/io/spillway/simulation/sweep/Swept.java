package io.spillway.simulation.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What became of a sweep: for each combination and policy mean and spread over the seeds. The same parts give the same
 * report, to the last byte, wherever they were played.
 *
 * @param grid what its parts are
 * @param parts those that were played to their end, in order
 */
public record Swept(Grid grid, List<Part> parts) {
    public Swept {
        parts = parts.stream().sorted(Comparator.comparingInt(Part::number)).toList();
    }

    /** One line of the table. */
    private record Row(List<String> values, String policy, int seeds, Map<Figure, Spread> figures) {}

    private List<Row> rows() {
        Map<Integer, List<Part>> combinations = parts.stream()
                .collect(Collectors.groupingBy(
                        part -> grid.combination(part.number()), LinkedHashMap::new, Collectors.toList()));
        List<Row> rows = new ArrayList<>();
        combinations.forEach((combination, seeds) -> {
            for (int policy = 0; policy < grid.policies().size(); policy++) {
                rows.add(row(combination, policy, seeds));
            }
        });
        return rows;
    }

    private Row row(int combination, int policy, List<Part> seeds) {
        Map<Figure, Spread> figures = new LinkedHashMap<>();
        for (Figure figure : Figure.values()) {
            figures.put(
                    figure,
                    Spread.of(seeds.stream()
                            .mapToDouble(part -> figure.of(part.reports().get(policy)))
                            .toArray()));
        }
        return new Row(grid.values(combination), grid.policies().get(policy), seeds.size(), figures);
    }

    private boolean complete() {
        return parts.size() == grid.parts();
    }

    /**
     * For people to read.
     *
     * @return lines: what is fixed, then a table with a row for each combination and policy
     */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add("sweep: %d combinations, %d seeds from %d on%s"
                .formatted(
                        grid.combinations(),
                        grid.seeds(),
                        grid.firstSeed(),
                        complete() ? "" : " (stopped: %d of %d parts)".formatted(parts.size(), grid.parts())));
        lines.add("fixed: "
                + grid.fixed().entrySet().stream()
                        .map(one -> one.getKey() + " " + one.getValue())
                        .collect(Collectors.joining(", ")));
        lines.add("each figure is the mean over the seeds ± the standard deviation of one");
        lines.add("");
        List<List<String>> table = new ArrayList<>();
        table.add(heads());
        rows().forEach(row -> table.add(cells(row)));
        lines.addAll(aligned(table));
        return lines;
    }

    private List<String> heads() {
        List<String> heads =
                new ArrayList<>(grid.axes().stream().map(Axis::name).toList());
        heads.add("policy");
        for (Figure figure : Figure.values()) {
            heads.add(figure.title);
        }
        return heads;
    }

    private static List<String> cells(Row row) {
        List<String> cells = new ArrayList<>(row.values());
        cells.add(row.policy());
        row.figures().forEach((figure, spread) -> cells.add(figure.words(spread)));
        return cells;
    }

    private static List<String> aligned(List<List<String>> table) {
        List<Integer> widths = new ArrayList<>();
        for (int column = 0; column < table.get(0).size(); column++) {
            int at = column;
            widths.add(
                    table.stream().mapToInt(row -> row.get(at).length()).max().orElse(0));
        }
        return table.stream()
                .map(row -> {
                    StringBuilder line = new StringBuilder();
                    for (int column = 0; column < row.size(); column++) {
                        String cell = row.get(column);
                        line.append(" ".repeat(widths.get(column) - cell.length()))
                                .append(cell)
                                .append("  ");
                    }
                    return line.toString().stripTrailing();
                })
                .toList();
    }

    /**
     * For programs.
     *
     * @return one JSON document, indented
     */
    public String json() {
        List<Map<String, Object>> points = new ArrayList<>();
        for (Row row : rows()) {
            Map<String, String> values = new LinkedHashMap<>();
            for (int i = 0; i < row.values().size(); i++) {
                values.put(grid.axes().get(i).name(), row.values().get(i));
            }
            Map<String, Spread> figures = new LinkedHashMap<>();
            row.figures().forEach((figure, spread) -> figures.put(figure.key(), spread));
            Map<String, Object> point = new LinkedHashMap<>();
            point.put("values", values);
            point.put("policy", row.policy());
            point.put("seeds", row.seeds());
            point.put("figures", figures);
            points.add(point);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("complete", complete());
        all.put("parts", parts.size());
        all.put("grid", grid);
        all.put("points", points);
        return Json.write(all);
    }
}
