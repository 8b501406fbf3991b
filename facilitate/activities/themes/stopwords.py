"""Owns the words that say nothing of what a card is about, in French and in English."""

STOPWORDS = frozenset(
    """
    a afin ai aie aient aies ainsi ait aller alors année années ans après as assez au aucun aucune aujourd aussi autant autre autres
    aux avaient avais avait avant avec avez aviez avions avoir avons ayant ayez ayons bah beaucoup ben bien bon bonne bonnes bons c
    car ce ceci cela celle celles celui cent certain certaine certaines certains ces cet cette ceux chacun chacune chaque chez chose
    choses ci cinq cinquante comme comment contre côté d dans de dehors depuis dernier derniers dernière dernières des deux devenir
    devra devraient devrait devront différentes différents dix doit doivent donc dont douze du duquel durant dès début déjà eh elle
    elles en encore enfin entre es est et etc eu eue eues euh eurent eus eut eux facon faire fais faisant fait faites falloir faudra
    faudrait faut façon fin fois font furent fut grand grande grandes grands groupe grâce hein heure heures hors hui huit ici il ils
    important importante importants j jamais je jour jours jusqu jusque juste l la le lequel les lesquelles lesquels leur leurs lieu
    long lors lorsqu lorsque lui là m ma mais mal malgré manière me merci mes mettre mien mienne mille minute minutes mis moi moins
    mois mon moyen même mêmes n ne neuf ni niveau nombreux non nos notamment notre nous nouveau nouveaux nouvelle nouvelles nôtre on
    ont onze ou oui outre où par parce parfois parmi part partir pas pendant permet permettent permettre personne petit petite
    petites petits peu peut peuvent peux plein plupart plus plusieurs plutôt point pose possible pour pourquoi pourraient pourrait
    pourtant pouvoir premier première prendre presque pris propos près puis puisqu puisque qu quand quant quarante quatorze quatre
    que quel quelle quelles quelqu quelque quelques quels qui quinze quoi quoique rendre rien s sa sans savoir se seize semaine
    semaines semble sept sera serai seraient serait seront ses seul seule seulement si sien sienne simple six soi soient sois soit
    sommes son sont sous souvent suis sujet sur surtout t ta tant te tel telle telles tels tes toi ton toujours tous tout toute
    toutes treize trente trois trop trouve trouver très tu un une unes uns utile utiliser va vais venir vers veulent veut via vingt
    voici voilà voir voire vont vos votre vous vraiment vu vue vôtre y à ça également étaient étais était étant été être

    a about above after again all also am an and any are as at be because been before being below between both but by can cannot
    could day days did do does doing down during each even every few for from further get gets give go goes good had has have having
    he her here hers herself him himself his hour hours how however i if in into is it its itself just know let like made make makes
    many may me might month months more most much must my myself need needs new no nor not nothing now of off often on once one ones
    only or other others our ours ourselves out over own really same say see she should since so some something still such take than
    that the their theirs them themselves then there these they thing things this those through to too two under until up us use
    used very want was way we week weeks well were what when where which while who whom whose why will with within without would
    year years yes yet you your yours
    """.split()  # noqa: SIM905 - a list to read, not a line a word
)
