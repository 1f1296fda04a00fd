// A day at a simulated site, line by line. Type it, or: make jshell < examples/jshell/tutorial.jsh
// Two hosts with 16 cores each, which are physical nodes of the cluster, too:
hosts()
// Four virtual nodes are made, side by side; this takes a minute and a half of the site's time and none of yours.
up("htc", 4)
nodes()
// 36 jobs of one core, ten minutes each: 32 find room on the metal, four on the virtual nodes.
for (int i = 0; i < 36; i++) submit("sweep", "10m");
advance("1m")
nodes()
// Two of the nodes go to disk with their jobs, stay there for the night, and come back.
checkpoint("vn[01-02]")
advance("8h")
nodes()
restore("vn[01-02]")
advance("10m")
jobs()
// What cannot be is told in one line, and nothing is done.
checkpoint("vn[01-")
migrate("vn01", "cn09")
// To another host, as it runs:
migrate("vn03", "cn02")
nodes()
// A policy of one's own: nodes without work go to disk. It says what it would do now; advance goes by it.
policy(view -> view.nodes().stream().filter(node -> node.phase() == Phase.READY && node.jobs().isEmpty()).map(node -> toCheckpoint(node, "it has no work")).toList())
advance("2m")
nodes()
noPolicy()
// What happened, as a picture:
timeline()
// And nothing is left.
down("vn[01-04]")
nodes()
