(* A model of the core of a checker of proof certificates, and the theorem that what it accepts is denied.

   A request gives each key a string, or nothing. Tests look at one key: whether it is there, and which globs its string matches.
   A statement is a conjunction of tests; a document denies a request iff all tests of one of its statements hold.
   A certificate is a tree: its splits ask one test each, its leaves name statements of which one denies every request that comes there. *)

Require Import List Bool Arith Lia.
Import ListNotations.

(* Strings and globs *)

Definition string := list nat.

Inductive symbol := Letter (c : nat) | One | Many.
Definition glob := list symbol.

Definition symbol_eq (a b : symbol) : {a = b} + {a <> b}.
Proof. decide equality. apply Nat.eq_dec. Defined.

Definition glob_eq : forall a b : glob, {a = b} + {a <> b} := list_eq_dec symbol_eq.

Fixpoint match_tail (rest : string -> bool) (s : string) : bool :=
  rest s || match s with [] => false | _ :: s' => match_tail rest s' end.

(* What a glob means: `*` is any string, `?` any one letter. *)
Fixpoint matches (g : glob) (s : string) : bool :=
  match g with
  | [] => match s with [] => true | _ => false end
  | Letter c :: g' => match s with x :: s' => (x =? c) && matches g' s' | [] => false end
  | One :: g' => match s with _ :: s' => matches g' s' | [] => false end
  | Many :: g' => match_tail (matches g') s
  end.

(* What is left of a glob after one letter, as a union of globs (Brzozowski, Antimirov). *)
Fixpoint after (c : nat) (g : glob) : list glob :=
  match g with
  | [] => []
  | Letter x :: g' => if c =? x then [g'] else []
  | One :: g' => [g']
  | Many :: g' => (Many :: g') :: after c g'
  end.

Definition any_matches (gs : list glob) (s : string) : bool := existsb (fun g => matches g s) gs.

Lemma after_matches : forall g c s, matches g (c :: s) = any_matches (after c g) s.
Proof.
  induction g as [| x g IH]; intros c s; [reflexivity |].
  destruct x as [x | |]; simpl.
  - destruct (c =? x) eqn:E; simpl.
    + unfold any_matches. simpl. rewrite orb_false_r. reflexivity.
    + reflexivity.
  - unfold any_matches. simpl. rewrite orb_false_r. reflexivity.
  - unfold any_matches in *. simpl. rewrite IH.
    rewrite orb_comm. f_equal.
Qed.

Lemma existsb_nodup : forall (f : glob -> bool) l, existsb f (nodup glob_eq l) = existsb f l.
Proof.
  intros f l. apply eq_true_iff_eq. rewrite !existsb_exists.
  split; intros (x & Hin & Hx); exists x; split; auto; apply nodup_In in Hin || apply nodup_In; assumption.
Qed.

Lemma existsb_flat_map : forall (f : glob -> bool) (h : glob -> list glob) l,
  existsb f (flat_map h l) = existsb (fun x => existsb f (h x)) l.
Proof. intros f h. induction l; simpl; [reflexivity |]. rewrite existsb_app, IHl. reflexivity. Qed.

Lemma existsb_ext' : forall (f h : glob -> bool) l, (forall x, f x = h x) -> existsb f l = existsb h l.
Proof. intros f h l E. induction l; simpl; [reflexivity |]. rewrite E, IHl. reflexivity. Qed.

(* A state: for each of some globs what is left of it. *)
Definition state := list (list glob).

Definition step_set (c : nat) (gs : list glob) : list glob := nodup glob_eq (flat_map (after c) gs).
Definition step (c : nat) (q : state) : state := map (step_set c) q.

Lemma step_set_matches : forall gs c s, any_matches gs (c :: s) = any_matches (step_set c gs) s.
Proof.
  intros gs c s. unfold any_matches, step_set. rewrite existsb_nodup, existsb_flat_map.
  apply existsb_ext'. intro x. rewrite after_matches. reflexivity.
Qed.

Definition verdicts (q : state) (s : string) : list bool := map (fun gs => any_matches gs s) q.

Lemma step_verdicts : forall q c s, verdicts q (c :: s) = verdicts (step c q) s.
Proof.
  intros q c s. unfold verdicts, step. rewrite map_map. apply map_ext. intro gs. apply step_set_matches.
Qed.

(* Letters that no glob mentions are alike: one of them stands for all. *)

Definition letters_of (g : glob) : list nat := flat_map (fun x => match x with Letter c => [c] | _ => [] end) g.

Definition mentions_only (alphabet : list nat) (q : state) : bool :=
  forallb (forallb (fun g => forallb (fun c => existsb (Nat.eqb c) alphabet) (letters_of g))) q.

Lemma after_alike : forall g c d, ~ In c (letters_of g) -> ~ In d (letters_of g) -> after c g = after d g.
Proof.
  induction g as [| x g IH]; intros c d Hc Hd; [reflexivity |].
  destruct x as [x | |]; simpl in *.
  - destruct (c =? x) eqn:Ec; [apply Nat.eqb_eq in Ec; subst; tauto |].
    destruct (d =? x) eqn:Ed; [apply Nat.eqb_eq in Ed; subst; tauto |]. reflexivity.
  - reflexivity.
  - f_equal. apply IH; assumption.
Qed.

Lemma flat_map_alike : forall gs c d,
  (forall g, In g gs -> after c g = after d g) -> flat_map (after c) gs = flat_map (after d) gs.
Proof. induction gs; intros c d H; simpl; [reflexivity |]. rewrite (H a), (IHgs c d); simpl; auto. intros g Hg. apply H. simpl. auto. Qed.

Lemma step_alike : forall q alphabet c d,
  mentions_only alphabet q = true -> ~ In c alphabet -> ~ In d alphabet -> step c q = step d q.
Proof.
  intros q alphabet c d H Hc Hd. unfold step. apply map_ext_in. intros gs Hgs. unfold step_set. f_equal.
  apply flat_map_alike. intros g Hg.
  unfold mentions_only in H. rewrite forallb_forall in H. specialize (H gs Hgs). rewrite forallb_forall in H. specialize (H g Hg).
  rewrite forallb_forall in H.
  apply after_alike; intro Hin; specialize (H _ Hin); rewrite existsb_exists in H; destruct H as (y & Hy & E);
    apply Nat.eqb_eq in E; subst; tauto.
Qed.

(* Exploring all states. Nothing is claimed of the search: what it found is checked to be closed. *)

Definition state_eq : forall a b : state, {a = b} + {a <> b} := list_eq_dec (list_eq_dec glob_eq).
Definition known (q : state) (found : list (state * string)) : bool :=
  existsb (fun e => if state_eq (fst e) q then true else false) found.

Fixpoint explore (fuel : nat) (alphabet : list nat) (waiting found : list (state * string)) : list (state * string) :=
  match fuel, waiting with
  | S fuel', (q, w) :: waiting' =>
      if known q found then explore fuel' alphabet waiting' found
      else explore fuel' alphabet (waiting' ++ map (fun c => (step c q, w ++ [c])) alphabet) (found ++ [(q, w)])
  | _, _ => found
  end.

Definition bools_eq (a b : list bool) : bool := if list_eq_dec bool_dec a b then true else false.

Definition start (globs : list glob) : state := map (fun g => [g]) globs.
Definition fresh (alphabet : list nat) : nat := S (fold_right max 0 alphabet).

Definition closed (globs : list glob) (alphabet : list nat) (found : list (state * string)) : bool :=
  known (start globs) found &&
  forallb (fun e => mentions_only alphabet (fst e)
                    && forallb (fun c => known (step c (fst e)) found) (fresh alphabet :: alphabet)
                    && bools_eq (verdicts (fst e) []) (verdicts (start globs) (snd e))) found.

(* A string for every way in which strings can match these globs; None where the search ended too early. *)
Definition represent (fuel : nat) (globs : list glob) : option (list string) :=
  let alphabet := nodup Nat.eq_dec (flat_map letters_of globs) in
  let found := explore fuel (fresh alphabet :: alphabet) [(start globs, [])] [] in
  if closed globs alphabet found then Some (map snd found) else None.

Lemma fresh_is_new : forall alphabet, ~ In (fresh alphabet) alphabet.
Proof.
  intros alphabet H. unfold fresh in H.
  assert (forall c, In c alphabet -> c <= fold_right max 0 alphabet) as B.
  { clear H. induction alphabet as [| a l IH]; simpl; intros c Hc; [destruct Hc |].
    destruct Hc as [-> | Hc]; [| specialize (IH c Hc)]; lia. }
  specialize (B _ H). lia.
Qed.

Lemma known_in : forall q found, known q found = true -> exists w, In (q, w) found.
Proof.
  intros q found H. unfold known in H. rewrite existsb_exists in H. destruct H as ((q', w) & Hin & E). simpl in E.
  destruct (state_eq q' q); [subst; eauto | discriminate].
Qed.

Lemma run_stays : forall globs alphabet found, closed globs alphabet found = true ->
  forall s q w, In (q, w) found -> exists q' w', In (q', w') found /\ verdicts q s = verdicts q' [].
Proof.
  intros globs alphabet found H. unfold closed in H. apply andb_true_iff in H as [_ H]. rewrite forallb_forall in H.
  induction s as [| c s IH]; intros q w Hq; [eauto |].
  specialize (H _ Hq). simpl in H.
  apply andb_true_iff in H as [H _]. apply andb_true_iff in H as [Hm Hs]. apply andb_true_iff in Hs as [Hf Hs].
  rewrite step_verdicts.
  assert (exists w', In (step c q, w') found) as (w' & Hw').
  { destruct (in_dec Nat.eq_dec c alphabet) as [Hin | Hout].
    - rewrite forallb_forall in Hs. apply known_in. apply Hs. assumption.
    - rewrite (step_alike q alphabet c (fresh alphabet)); auto using fresh_is_new. apply known_in. assumption. }
  eapply IH. exact Hw'.
Qed.

Lemma verdicts_start : forall globs s, verdicts (start globs) s = map (fun g => matches g s) globs.
Proof.
  intros globs s. unfold verdicts, start. rewrite map_map. apply map_ext. intro g. unfold any_matches. simpl. apply orb_false_r.
Qed.

(* Every string matches the same globs as one of the representatives. *)
Theorem represent_complete : forall fuel globs strings, represent fuel globs = Some strings ->
  forall s, exists r, In r strings /\ forall g, In g globs -> matches g s = matches g r.
Proof.
  intros fuel globs strings H s. unfold represent in H.
  set (alphabet := nodup Nat.eq_dec (flat_map letters_of globs)) in *.
  set (found := explore fuel (fresh alphabet :: alphabet) [(start globs, [])] []) in *.
  destruct (closed globs alphabet found) eqn:C; [| discriminate]. injection H as <-.
  assert (exists w, In (start globs, w) found) as (w & Hw).
  { apply known_in. unfold closed in C. apply andb_true_iff in C as [C _]. exact C. }
  destruct (run_stays _ _ _ C s _ _ Hw) as (q & r & Hr & E).
  exists r. split; [apply in_map_iff; exists (q, r); auto |].
  unfold closed in C. apply andb_true_iff in C as [_ C]. rewrite forallb_forall in C. specialize (C _ Hr). simpl in C.
  apply andb_true_iff in C as [_ C]. unfold bools_eq in C.
  destruct (list_eq_dec bool_dec (verdicts q []) (verdicts (start globs) r)) as [C' | C']; [| discriminate].
  rewrite C' in E. rewrite !verdicts_start in E.
  intros g Hg. clear - E Hg. induction globs as [| a l IH]; [destruct Hg |].
  simpl in E. injection E as E1 E2. destruct Hg as [-> | Hg]; auto.
Qed.

(* Requests, tests, statements, certificates *)

Notation key := nat (only parsing).
Definition request := key -> option string.

(* Operators: `Null`, and comparisons with globs (literal strings are globs without wildcards), negated or not, with IfExists or not. *)
Inductive test := Null (absent : bool) | Compare (negated if_exists : bool) (globs : list glob).

(* AWS: a negated operator holds for an absent key, any other does not, unless it ends in IfExists. *)
Definition holds (t : test) (v : option string) : bool :=
  match t, v with
  | Null absent, None => absent
  | Null absent, Some _ => negb absent
  | Compare negated if_exists _, None => negated || if_exists
  | Compare negated _ globs, Some s => xorb negated (any_matches globs s)
  end.

Definition condition := (key * test)%type.
Definition holds_in (r : request) (c : condition) : bool := holds (snd c) (r (fst c)).
Definition applies (conditions : list condition) (r : request) : bool := forallb (holds_in r) conditions.

Definition denies (document : list (list condition)) (r : request) : bool := existsb (fun s => applies s r) document.

(* `never`: what the named assumptions say does not occur, as conjunctions. `goal`: what the requests of the claim have in common. *)
Definition occurs (never : list (list condition)) (r : request) : bool := negb (denies never r).

Inductive tree := Leaf (statements : list nat) | Split (c : condition) (yes no : tree).

Definition path := list (condition * bool).
Definition follows (p : path) (r : request) : bool := forallb (fun e => eqb (holds_in r (fst e)) (snd e)) p.

Definition globs_of (t : test) : list glob := match t with Null _ => [] | Compare _ _ globs => globs end.
Definition globs_at (k : key) (conditions : list condition) : list glob :=
  nodup glob_eq (flat_map (fun c => if fst c =? k then globs_of (snd c) else []) conditions).

Definition with_value (k : key) (requests : list request) (v : option string) : list request :=
  map (fun r k' => if k' =? k then v else r k') requests.

(* Every combination of representatives of these keys, as a request that has nothing else. *)
Fixpoint combine_values (fuel : nat) (conditions : list condition) (keys : list key) : option (list request) :=
  match keys with
  | [] => Some [fun _ => None]
  | k :: keys' =>
      match represent fuel (globs_at k conditions), combine_values fuel conditions keys' with
      | Some strings, Some requests =>
          Some (flat_map (with_value k requests) (None :: map Some strings))
      | _, _ => None
      end
  end.

Definition leaf_holds (statements never : list (list condition)) (goal : list condition) (p : path) (r : request) : bool :=
  negb (applies goal r && follows p r) || denies never r || denies statements r.

Definition select (document : list (list condition)) (numbers : list nat) : list (list condition) :=
  flat_map (fun n => match nth_error document n with Some s => [s] | None => [] end) numbers.

Definition check_leaf (fuel : nat) (statements never : list (list condition)) (goal : list condition) (p : path) : bool :=
  let conditions := goal ++ map fst p ++ concat never ++ concat statements in
  match combine_values fuel conditions (nodup Nat.eq_dec (map fst conditions)) with
  | Some requests => forallb (leaf_holds statements never goal p) requests
  | None => false
  end.

Fixpoint check (fuel : nat) (document never : list (list condition)) (goal : list condition) (p : path) (t : tree) : bool :=
  match t with
  | Leaf numbers => check_leaf fuel (select document numbers) never goal p
  | Split c yes no => check fuel document never goal ((c, true) :: p) yes && check fuel document never goal ((c, false) :: p) no
  end.

(* Two requests that these conditions cannot tell apart. *)
Definition alike (conditions : list condition) (r r' : request) : Prop := forall c, In c conditions -> holds_in r c = holds_in r' c.

Lemma applies_alike : forall cs conditions r r', alike conditions r r' -> (forall c, In c cs -> In c conditions) -> applies cs r = applies cs r'.
Proof.
  intros cs conditions r r' A. unfold applies. induction cs as [| c cs IH]; intros H; simpl; [reflexivity |].
  rewrite (A c), IH; simpl in *; auto.
Qed.

Lemma denies_alike : forall ss conditions r r', alike conditions r r' -> (forall c, In c (concat ss) -> In c conditions) -> denies ss r = denies ss r'.
Proof.
  intros ss conditions r r' A. unfold denies. induction ss as [| s ss IH]; intros H; simpl; [reflexivity |].
  rewrite (applies_alike s conditions r r'), IH; auto; intros c Hc; apply H; simpl; apply in_or_app; auto.
Qed.

Lemma follows_alike : forall p conditions r r', alike conditions r r' -> (forall c, In c (map fst p) -> In c conditions) -> follows p r = follows p r'.
Proof.
  intros p conditions r r' A. unfold follows. induction p as [| e p IH]; intros H; simpl; [reflexivity |].
  rewrite (A (fst e)), IH; simpl in *; auto.
Qed.

Lemma any_matches_same : forall gs s r, (forall g, In g gs -> matches g s = matches g r) -> any_matches gs s = any_matches gs r.
Proof. induction gs; intros s r H; simpl; [reflexivity |]. unfold any_matches in *. simpl. rewrite H, (IHgs s r); simpl; auto. intros; apply H; simpl; auto. Qed.

Lemma combine_complete : forall fuel conditions keys requests, NoDup keys -> combine_values fuel conditions keys = Some requests ->
  forall r, exists r', In r' requests /\ forall c, In c conditions -> In (fst c) keys -> holds_in r c = holds_in r' c.
Proof.
  intros fuel conditions. induction keys as [| k keys IH]; intros requests ND H r; cbn [combine_values] in H.
  - injection H as <-. exists (fun _ => None). split; [left; reflexivity | intros c _ []].
  - destruct (represent fuel (globs_at k conditions)) as [strings |] eqn:R; [| discriminate].
    destruct (combine_values fuel conditions keys) as [rest |] eqn:C; [| discriminate]. injection H as <-.
    inversion ND as [| ? ? Hk ND']; subst.
    destruct (IH rest ND' eq_refl r) as (r' & Hr' & A).
    assert (exists v, In v (None :: map Some strings) /\ forall c, In c conditions -> fst c = k -> holds (snd c) (r k) = holds (snd c) v) as (v & Hv & Av).
    { destruct (r k) as [s |] eqn:E.
      - destruct (represent_complete _ _ _ R s) as (x & Hx & M). exists (Some x). split; [right; apply in_map; assumption |].
        intros c Hc Ek. destruct (snd c) as [absent | negated if_exists gs] eqn:T; simpl; [reflexivity |].
        rewrite (any_matches_same gs s x); [reflexivity |]. intros g Hg. apply M. unfold globs_at. apply nodup_In. apply in_flat_map.
        exists c. split; [assumption |]. rewrite Ek, Nat.eqb_refl, T. assumption.
      - exists None. split; [left; reflexivity |]. reflexivity. }
    exists (fun k' => if k' =? k then v else r' k'). split.
    + apply (in_flat_map (with_value k rest) (None :: map Some strings)). exists v. split; [exact Hv |].
      apply in_map_iff. exists r'. auto.
    + intros c Hc [Ek | Hin]; unfold holds_in.
      * subst k. cbv beta. rewrite (Nat.eqb_refl (fst c)). apply Av; auto.
      * cbv beta. destruct (fst c =? k) eqn:E; [apply Nat.eqb_eq in E; rewrite <- E in Hk; contradiction |]. apply A; assumption.
Qed.

Lemma leaf_sound : forall fuel statements never goal p, check_leaf fuel statements never goal p = true ->
  forall r, occurs never r = true -> applies goal r = true -> follows p r = true -> denies statements r = true.
Proof.
  intros fuel statements never goal p H r O G F. unfold check_leaf in H.
  set (conditions := goal ++ map fst p ++ concat never ++ concat statements) in *.
  destruct (combine_values fuel conditions (nodup Nat.eq_dec (map fst conditions))) as [requests |] eqn:C; [| discriminate].
  destruct (combine_complete _ _ _ _ (NoDup_nodup _ _) C r) as (r' & Hr' & A).
  assert (alike conditions r r') as AL by (intros c Hc; apply A; auto; apply nodup_In, in_map; assumption).
  rewrite forallb_forall in H. specialize (H _ Hr'). unfold leaf_holds in H.
  rewrite <- (applies_alike goal conditions r r' AL), <- (follows_alike p conditions r r' AL), <- (denies_alike never conditions r r' AL),
    <- (denies_alike statements conditions r r' AL) in H;
    try (intros c Hc; subst conditions; rewrite !in_app_iff; tauto).
  unfold occurs in O. apply negb_true_iff in O. rewrite G, F, O in H. exact H.
Qed.

Lemma select_denies : forall document numbers r, denies (select document numbers) r = true -> denies document r = true.
Proof.
  intros document numbers r H. unfold denies in *. rewrite existsb_exists in *. destruct H as (s & Hs & A). exists s. split; [| assumption].
  unfold select in Hs. apply in_flat_map in Hs as (n & _ & Hn). destruct (nth_error document n) eqn:E; [| destruct Hn].
  destruct Hn as [-> | []]. eapply nth_error_In. exact E.
Qed.

Lemma check_sound : forall fuel document never goal t p, check fuel document never goal p t = true ->
  forall r, occurs never r = true -> applies goal r = true -> follows p r = true -> denies document r = true.
Proof.
  intros fuel document never goal. induction t as [numbers | c yes IHy no IHn]; intros p H r O G F; simpl in H.
  - eapply select_denies, leaf_sound; eassumption.
  - apply andb_true_iff in H as [Hy Hn]. destruct (holds_in r c) eqn:E.
    + apply (IHy _ Hy r O G). unfold follows in *. simpl. rewrite E. exact F.
    + apply (IHn _ Hn r O G). unfold follows in *. simpl. rewrite E. exact F.
Qed.

(* What the verifier accepts is denied: every request that occurs and is in the goal. *)
Theorem accepted_is_denied : forall fuel document never goal t, check fuel document never goal [] t = true ->
  forall r, occurs never r = true -> applies goal r = true -> denies document r = true.
Proof. intros. eapply check_sound; eauto. Qed.

Print Assumptions accepted_is_denied.
