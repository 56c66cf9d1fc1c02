/**
 * Words that logs, metrics and our own sentences are full of, in lower case and in order. Which of their forms are one token is in
 * `token-facts.ts`; a word that is missing here only makes the estimate a little higher.
 */
export const WORDS: readonly string[] = `
  a about above accept accepted access account across action active actual add added address after again against age agent aggregate
  agree alarm alert alerts alias all allocate allocated allocation allow allowed already also alternative always am an analysis
  analyze and anomaly another answer any apache api app appear append application applications apply apr april are area arg args
  argument arguments array as ask assert assign assigned assume async at attempt attempts attribute attributes audit aug august auth
  authentication authorization auto availability available average avg avoid await away aws back backend background backup bad balance
  balancer bandwidth base based baseline batch be because become been before begin behind being below best better between big bin
  binary bind bit bits block blocked blocks body book boolean boot both bottom bound branch break bridge brief broken broker browser
  bucket buffer buffers bug build built burst bus business busy but button buy by byte bytes cache cached caches call callback called
  caller calls can cancel canceled cancelled candidate cannot capacity card care cart case cases cassandra catalog catalogue catch
  category cause caused causes cell center cert certificate chain chance change changed changes channel char character chart check
  checked checking checkout checks child children choose chunk circuit claim class classes clean cleanup clear click client clients
  clock clone close closed closing cloud cluster code codes collect collected collection collector color column columns com come
  command comment commit committed common communication compare complete completed component compose compress compute concurrent
  condition conditions config configuration configure configured conflict connect connected connecting connection connections
  connector consider console constant consumer consumers contact contain container containers contains content context continue
  control controller convert cookie copy core correct corrected correlation cost could count counter country cpu crash create created
  creates creating creation critical cross csv current currently custom customer cut cycle daemon dashboard data database databases
  date day days db dead deadline deadlock debug dec december decimal declare decode decoded decrease default defaults defer define
  defined definition degraded delay delayed delete deleted deliver delivery demo denied deny depend dependencies dependency deploy
  deployed deployment depth describe description design destination destroy detail details detect detected detection device devices
  did diff difference different digest direct direction directory disable disabled disconnect disconnected discover discovery disk
  dispatch display distance distributed divide dns do docker document does domain done down download drain driver drop dropped dst due
  dump duplicate duration during dynamic each early east edge edit effect either element elements else email empty enable enabled
  encode encoding encrypt end ended endpoint endpoints engine enough ensure enter entity entries entry enum env environment equal err
  error errors escape establish established estimate etc etcd eth ev evaluate even event events ever every evict evidence exact
  exactly example exceed exceeded except exception exceptions exchange exec execute executed executing execution executor exist
  existing exists exit exited expand expect expected expecting expire expired explain export expose expression extend extended
  extension extent external extra extract fact factor factory facts fail failed failing fails failure failures fallback false family
  far fast fatal fault feature feb february fetch few field fields file filename files fill filter final finally find finding fine
  finish finished fire firewall first fit fix fixed flag flags float flow flush focus folder follow following font for force forced
  foreign forget form format forward found fraction frame framework free frequency fri friday from front frontend full func function
  functions future garbage gateway gauge gc gcp general generate generated generating generation get gets getting git give given
  global go going golang good got grace grade graph group groups grow growth grpc guard guest guide gzip had hadoop half halt handle
  handled handler hang happen hard has hash have head header headers health healthy heap heartbeat height help here hidden high higher
  hint history hit hits hold home hook host hostname hosts hot hour hours how however html http https human id identifier identity
  idle ids if ignore ignored ignoring image images immediately impact impl import important impossible in inbound include included
  incoming increase increased index indexes info inform information ingress init initial initialize initialized inner input insert
  inside inspect install installed instance instances instead instruction int integer intent interface internal interrupt interrupted
  interrupting interval into invalid inventory invoke io ip is issue issues it item items iteration its itself jan january java jetty
  job jobs join joined journal json jul july jump jun june just jvm kafka keep kernel key keys kill killed kind know known kube
  kubelet kubernetes label labels lag language large last late latency later latest launch layer layout lead leader leak lease least
  leave leaving left len length less let level levels lib library license life light like likely limit limits line lines link links
  list listen listener listening load loaded loader loading local localhost location lock locked locks log logged logger logging login
  logs long longer look looks lookup loop loss lost low lower machine made mail main major make makes making manage manager manual
  many map mapped mapping mar march mark master match matched matches max maximum may mean means measure media median mem member
  members memory merge message messages meta metadata method methods metric metrics middle migration min minor minute minutes mirror
  miss missed missing mode model module modules mon monday mongo mongodb monitor monitoring month more most mount move moved ms much
  multi multiple must mutex mysql name named names namespace native near need needed negative net netty network never new newest next
  nginx no node nodes none nor normal not note notes nothing notice notification notified notify nov november now null number numbers
  object objects observed oct october of off offset ok old oldest on once one online only onto open opened opening operation
  operations operator option optional options or order orders org origin original orm os other others our out outbound outer output
  over overflow override own owner pack package packet page pages pair panel panic parallel param parameter parameters parent parse
  parsed parser parsing part partial partition partitions parts pass passed password past patch path paths pattern patterns payload
  payment peak peer pending people per percent percentile perform performance period permission permissions persist phase pid ping
  pipe pipeline place plain plan platform please plugin pod pods point points policy poll polling pool pop port ports position
  positive possible post postgres postgresql power prefix prepare present press previous price primary print prior priority private
  probe problem problems process processed processes processing processor producer product production products profile program
  progress project promise proof property protect protocol provide provided provider proxy ptr public publish published publisher pull
  push put python qps quality quantity queries query question queue queued queues quick quit quota rabbit race ram random range rank
  rapid rate rates rating ratio raw reach reached reactor read reader readiness reading ready real reason reasons rebalance rebooted
  receive received receiver receiving recent recently recommend reconnect record recorded records recover recovered recovery redirect
  redis reduce refer reference refresh refused region register registered registering registry reject rejected relation relay release
  released reload remain remaining remote remove removed removing render repeat replace replica replicas replication reply report
  reported reporter repository request requested requester requests require required reserve reset resolve resolved resolver resource
  resources respond response responses rest restart restarted restarting restarts restore restored restoring result results resume
  retention retries retry retrying return returned returns reverse review rewrite right ring rise risk role rollback rolling root
  rotate round route router routes routing row rows rpc rps ruby rule rules run runner running runs runtime safe same sample samples
  sat saturday save saved saw say scale scaled scaling scan scanned schedule scheduled scheduler schema scope score script sda search
  sec second secondary seconds secret section secure security see seen segment select selected selector self send sender sending sent
  sep separate september sequence serial series server servers service services serving session sessions set sets setting settings
  setup several severe severity shape shard share shared shell shift ship shipping shop short should show shown shut shutdown side
  sign signal signature significant silence similar simple since single site size sizes skip skipped slave sleep slice slot slow
  slower small snapshot so socket software some something sort sorted source sources space span spans spark special specific specified
  speed spike split spring sql src ssh ssl stable stack stage standard start started starting starts startup stat state statement
  states static statistics stats status step steps still stop stopped stopping stops storage store stored stores story stream streams
  strict string strings strong struct style sub subject submit subnet subscribe subscription subsystem success successful successfully
  such suffix sum summary sun sunday supply support supported sure suspect suspend swap switch symbol symptom sync syntax system
  systems table tables tag tags take taken target targets task tasks tcp team telemetry template templates temporary term terminate
  terminated terminating test tests text than that the their them then there these they thing things this thread threads three
  threshold throttle through throughput throw thrown thu thursday tick ticket tid time timed timeline timeout timeouts timer times
  timestamp title tls tmp to today together token tokens told tomcat too tool tools top topic topics topology total trace traces
  tracing track traffic train transaction transactions transfer transform transitioned transport travel treat tree trend trigger
  triggered true trust try trying tue tuesday turn two type types typical udp ui uid unable unauthorized unavailable under unexpected
  unhealthy unique unit units unknown unless unlock unreachable until unused up update updated updates updating upgrade upload upon
  upper upstream uptime url usage use used user username users uses using usr usual utf util utilization utils valid validate
  validation value values var variable vendor verbose verify version versions very via view virtual visible visit vm volume wait
  waiting want warm warn warning warnings was watch way we web wed wednesday week weight well went were west what when where whether
  which while white who whole why wide width will window windows with within without word words work worker workers working works
  world would wrap write writer writes writing written wrong www xml yaml year yes yesterday yet you your zero zone zookeeper
`
  .trim()
  .split(/\s+/);
